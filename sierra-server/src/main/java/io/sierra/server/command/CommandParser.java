package io.sierra.server.command;

import io.sierra.protocol.command.Command.GetEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.server.resp.Arguments;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes commands on events out of requests. Has no state, so any thread may use it. */
public final class CommandParser {
    private final boolean strictVersioning;

    /**
     * A parser.
     *
     * @param strictVersioning whether appends must say what they expect: {@code empty} or a version
     */
    public CommandParser(boolean strictVersioning) {
        this.strictVersioning = strictVersioning;
    }

    /** The command, or what is wrong; null if the name is none of EAPPEND, EGET and so on. */
    public @Nullable ParseResult parse(Arguments request) {
        if (request.is(0, "EGET") && request.count() == 2 && !strictVersioning) {
            UUID id = UUID.fromString(request.text(1));
            return new ParseResult.Parsed(new GetEvent(EventId.of(id)));
        }
        return null;
    }
}

package io.sierra.server.connection;

import io.sierra.protocol.reply.Failure;
import io.sierra.server.command.ParseResult;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.storage.concurrent.OwnedBy;
import org.jspecify.annotations.Nullable;

/** Sends each request of a connection the way of its command. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class RequestHandler {
    private final FrontEnd frontEnd;
    private final ClientConnection connection;
    private final EventCommands eventCommands;
    private final ServerCommands serverCommands;

    /** A request that waits for the appends before it. */
    private @Nullable Arguments parked;

    RequestHandler(FrontEnd frontEnd, ClientConnection connection) {
        this.frontEnd = frontEnd;
        this.connection = connection;
        this.eventCommands = new EventCommands(frontEnd.node(), connection);
        this.serverCommands = new ServerCommands(frontEnd, connection);
    }

    /** Carries a request out, or hands it on to be carried out. */
    void handle(Arguments request) {
        String refusal = request.refusal();
        if (refusal != null) {
            reject(null, refusal);
            return;
        }
        if (!request.kind(0).canBeName()) {
            reject(null, "INVALIDARG invalid type for command name");
            return;
        }
        CommandName name = CommandName.find(request.bytes(0));
        if (name == null) {
            reject(null, UnknownCommand.text(request));
            return;
        }
        if (connection.pubSub().refuses(name)) {
            reject(name, PubSubCommands.refusal(frontEnd.arities().fullName(name, request)));
            return;
        }
        connection.session().onCommand(name);
        switch (name) {
            case EAPPEND, EMAPPEND, EGET, ESCAN, ESVER, EPSCAN, EPSEQ, EACK, EUNSUB ->
                    handleEvent(name, request);
            case ESUB, EPSUB, EREAD, EPREAD, SUBSCRIBE, PSUBSCRIBE ->
                    handleFollowing(name, request);
            case UNSUBSCRIBE, PUNSUBSCRIBE -> handlePubSub(name, request);
            case PING,
                    ECHO,
                    HELLO,
                    AUTH,
                    QUIT,
                    RESET,
                    SELECT,
                    CLIENT,
                    INFO,
                    COMMAND,
                    CONFIG,
                    CLUSTER,
                    READONLY,
                    READWRITE,
                    ASKING,
                    ROLE,
                    DBSIZE,
                    TIME,
                    ACL,
                    SLOWLOG,
                    LATENCY,
                    MODULE,
                    EXISTS,
                    GET ->
                    handleOther(name, request);
        }
    }

    /** Whether a command stands still that nothing may overtake. */
    boolean hasParked() {
        return parked != null || eventCommands.hasParked();
    }

    /** Drops the parked command, as the connection is closing; whether there was one. */
    boolean dropParked() {
        boolean had = hasParked();
        parked = null;
        eventCommands.dropParked();
        return had;
    }

    /** Tries the parked command again; whether it went on its way. */
    boolean retryParked() {
        Arguments request = parked;
        if (request == null) {
            return eventCommands.retryParked();
        }
        if (connection.hasAppends()) {
            return false;
        }
        parked = null;
        handle(request);
        return true;
    }

    /**
     * Where LATEST is, is decided when the command is carried out: behind what the connection has
     * appended before it, and ahead of what it appends later.
     */
    private void handleFollowing(CommandName name, Arguments request) {
        if (connection.hasAppends()) {
            parked = request;
        } else if (name == CommandName.SUBSCRIBE || name == CommandName.PSUBSCRIBE) {
            handlePubSub(name, request);
        } else {
            handleEvent(name, request);
        }
    }

    private void handleEvent(CommandName name, Arguments request) {
        ParseResult result = frontEnd.parser().parse(request);
        switch (result) {
            case null -> throw new IllegalStateException("the parser does not know " + name);
            case ParseResult.Parsed(var command) -> eventCommands.handle(name, command);
            case ParseResult.Refused(Failure failure) -> reject(name, ErrorReplies.of(failure));
        }
    }

    private void handlePubSub(CommandName name, Arguments request) {
        String problem = frontEnd.arities().problemWith(name, request);
        if (problem == null) {
            connection.pubSub().handle(name, request);
            connection.onAnswered(name);
        } else {
            reject(name, problem);
        }
    }

    private void handleOther(CommandName name, Arguments request) {
        String problem = frontEnd.arities().problemWith(name, request);
        if (problem == null) {
            serverCommands.handle(name, request);
            connection.onAnswered(name);
        } else {
            reject(name, problem);
        }
    }

    private void reject(@Nullable CommandName name, String text) {
        connection.replyError(text);
        connection.onRejected(name);
    }
}

package io.sierra.server.connection;

import io.sierra.server.command.CommandReplies;
import io.sierra.server.resp.Arguments;
import java.util.ArrayList;
import java.util.List;

/** {@code COMMAND [COUNT|LIST|INFO|DOCS]}: what command lines complete and explain commands by. */
final class CommandCommand {
    private final CommandReplies replies;
    private final ClientConnection connection;

    CommandCommand(CommandReplies replies, ClientConnection connection) {
        this.replies = replies;
        this.connection = connection;
    }

    void handle(Arguments request) {
        if (request.count() == 1) {
            replies.commands(connection.reply());
        } else if (request.is(1, "COUNT")) {
            replies.count(connection.reply());
        } else if (request.is(1, "LIST")) {
            replies.list(connection.reply());
        } else if (request.is(1, "INFO")) {
            replies.info(names(request), connection.reply());
        } else if (request.is(1, "DOCS")) {
            replies.docs(names(request), connection.reply());
        } else {
            connection.replyError(ServerCommands.unknownSubcommandText(request));
        }
    }

    private static List<String> names(Arguments request) {
        List<String> names = new ArrayList<>();
        for (int i = 2; i < request.count(); i++) {
            names.add(request.text(i));
        }
        return names;
    }
}

package io.sierra.server.connection;

import io.sierra.server.resp.Arguments;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code CLIENT SETNAME|GETNAME|ID|SETINFO|INFO|LIST|NO-EVICT|NO-TOUCH}. */
final class ClientCommand {
    private final FrontEnd frontEnd;
    private final ClientConnection connection;

    ClientCommand(FrontEnd frontEnd, ClientConnection connection) {
        this.frontEnd = frontEnd;
        this.connection = connection;
    }

    void handle(Arguments request) {
        if (ServerCommands.isSubcommand(request, "SETNAME")) {
            setName(request);
        } else if (ServerCommands.isSubcommand(request, "GETNAME")) {
            getName();
        } else if (ServerCommands.isSubcommand(request, "ID")) {
            connection.reply().integer(connection.session().id());
        } else if (ServerCommands.isSubcommand(request, "SETINFO")) {
            setInfo(request);
        } else if (ServerCommands.isSubcommand(request, "INFO")) {
            connection.reply().verbatim(describe(connection));
        } else if (ServerCommands.isSubcommand(request, "LIST")) {
            list();
        } else if (ServerCommands.isSubcommand(request, "NO-EVICT")
                || ServerCommands.isSubcommand(request, "NO-TOUCH")) {
            onOrOff(request);
        } else {
            connection.replyError(ServerCommands.unknownSubcommandText(request));
        }
    }

    /** Why this cannot be a client's name, as text of an error; null if it can. */
    static @Nullable String problemWithName(String name) {
        return isPlain(name)
                ? null
                : "ERR Client names cannot contain spaces, newlines or special characters.";
    }

    private void setName(Arguments request) {
        String name = request.text(2);
        String problem = problemWithName(name);
        if (problem == null) {
            connection.session().name(name);
            connection.reply().simple("OK");
        } else {
            connection.replyError(problem);
        }
    }

    private void getName() {
        String name = connection.session().name();
        if (name.isEmpty()) {
            connection.reply().nullValue();
        } else {
            connection.reply().bulk(name);
        }
    }

    private void setInfo(Arguments request) {
        String value = request.text(3);
        boolean isName = request.is(2, "LIB-NAME");
        if (!isName && !request.is(2, "LIB-VER")) {
            connection.replyError("ERR Unrecognized option '" + request.text(2) + "'");
        } else if (!isPlain(value)) {
            connection.replyError(
                    "ERR "
                            + (isName ? "lib-name" : "lib-ver")
                            + " cannot contain spaces, newlines or special characters.");
        } else {
            if (isName) {
                connection.session().libraryName(value);
            } else {
                connection.session().libraryVersion(value);
            }
            connection.reply().simple("OK");
        }
    }

    private void onOrOff(Arguments request) {
        if (request.is(2, "ON") || request.is(2, "OFF")) {
            connection.reply().simple("OK");
        } else {
            connection.replyError("ERR syntax error");
        }
    }

    private void list() {
        connection
                .reply()
                .verbatim(
                        frontEnd.connections().values().stream()
                                .sorted(Comparator.comparingLong(c -> c.session().id()))
                                .map(ClientCommand::describe)
                                .collect(Collectors.joining()));
    }

    private static String describe(ClientConnection client) {
        Session session = client.session();
        return ("id=" + session.id())
                + (" addr=" + address(client.remoteAddress()))
                + (" laddr=" + address(client.localAddress()))
                + (" fd=0 name=" + session.name())
                + (" age=" + session.ageSeconds())
                + (" idle=" + session.idleSeconds())
                + (" flags=" + (session.listens() ? "P" : "N"))
                + (" db=0 sub=" + session.channels() + " psub=" + session.patterns())
                + " ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0"
                + " multi-mem=0 obl=0 oll=0 omem=0 tot-mem=0 events=r"
                + (" cmd=" + session.lastCommand())
                + (" user=default redir=-1 resp=" + session.version().number())
                + (" lib-name=" + session.libraryName())
                + (" lib-ver=" + session.libraryVersion())
                + "\n";
    }

    private static String address(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : "";
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= '!' && c <= '~');
    }
}

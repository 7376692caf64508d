package io.sierra.server.connection;

import io.sierra.server.info.ServerFacts;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import org.jspecify.annotations.Nullable;

/**
 * {@code HELLO [2|3] [AUTH user password] [SETNAME name]}. What it refuses leaves all as it was.
 */
final class HelloCommand {
    private final FrontEnd frontEnd;
    private final ClientConnection connection;

    HelloCommand(FrontEnd frontEnd, ClientConnection connection) {
        this.frontEnd = frontEnd;
        this.connection = connection;
    }

    void handle(Arguments request) {
        if (request.count() == 1) {
            introduce();
            return;
        }
        String problem = problemWithVersion(request);
        String name = null;
        for (int i = 2; i < request.count() && problem == null; i++) {
            if (request.is(i, "AUTH") && i + 2 < request.count()) {
                boolean known = request.text(i + 1).equals("default");
                problem = known ? null : ServerCommands.WRONG_PASSWORD;
                i += 2;
            } else if (request.is(i, "SETNAME") && i + 1 < request.count()) {
                i++;
                name = request.text(i);
                problem = ClientCommand.problemWithName(name);
            } else {
                problem = "ERR Syntax error in HELLO option '" + request.text(i) + "'";
            }
        }
        if (problem == null && changesProtocol(request) && hasSubscriptions()) {
            problem = "ERR the protocol cannot be changed while there are subscriptions";
        }
        if (problem == null) {
            agree(versionOf(request), name);
        } else {
            connection.replyError(problem);
        }
    }

    private static @Nullable String problemWithVersion(Arguments request) {
        String version = request.text(1);
        if (!version.matches("[+-]?\\d{1,18}")) {
            return "ERR Protocol version is not an integer or out of range";
        }
        long number = Long.parseLong(version);
        return number == 2 || number == 3 ? null : "NOPROTO unsupported protocol version";
    }

    private boolean changesProtocol(Arguments request) {
        return versionOf(request) != connection.session().version();
    }

    private boolean hasSubscriptions() {
        return connection.subscriptions().count() > 0 || connection.pubSub().count() > 0;
    }

    private static RespVersion versionOf(Arguments request) {
        return request.is(1, "3") ? RespVersion.RESP3 : RespVersion.RESP2;
    }

    private void agree(RespVersion version, @Nullable String name) {
        Session session = connection.session();
        session.negotiate(version);
        if (name != null) {
            session.name(name);
        }
        introduce();
    }

    /** Keys are bulk strings, and redis-cli ends itself if they are not. */
    private void introduce() {
        Session session = connection.session();
        RespWriter out = connection.reply();
        out.mapHeader(9);
        out.bulk("server");
        out.bulk("sierradb");
        out.bulk("version");
        out.bulk(ServerFacts.WIRE_VERSION);
        out.bulk("proto");
        out.integer(session.version().number());
        out.bulk("id");
        out.integer(session.id());
        out.bulk("mode");
        out.bulk("standalone");
        out.bulk("role");
        out.bulk("master");
        out.bulk("modules");
        out.arrayHeader(0);
        out.bulk("peer_id");
        out.bulk(frontEnd.options().peerId());
        out.bulk("num_partitions");
        out.integer(frontEnd.node().partitioning().partitionCount());
    }
}

package io.sierra.server.connection;

import io.sierra.server.command.GlobPattern;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.RespWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code CONFIG GET|SET|RESETSTAT}: the few settings that libraries and tools ask Redis for. */
final class ConfigCommand {
    private final FrontEnd frontEnd;
    private final ClientConnection connection;

    ConfigCommand(FrontEnd frontEnd, ClientConnection connection) {
        this.frontEnd = frontEnd;
        this.connection = connection;
    }

    void handle(Arguments request) {
        if (ServerCommands.isSubcommand(request, "GET")) {
            get(request);
        } else if (ServerCommands.isSubcommand(request, "SET")) {
            set(request);
        } else if (ServerCommands.isSubcommand(request, "RESETSTAT")) {
            frontEnd.metrics().reset();
            connection.reply().simple("OK");
        } else {
            connection.replyError(ServerCommands.unknownSubcommandText(request));
        }
    }

    private void get(Arguments request) {
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 2; i < request.count(); i++) {
            GlobPattern pattern = GlobPattern.of(request.text(i).toLowerCase(Locale.ROOT));
            settings()
                    .forEach((name, value) -> {
                        if (pattern.matches(name)) {
                            found.put(name, value);
                        }
                    });
        }
        RespWriter out = connection.reply();
        out.mapHeader(found.size());
        found.forEach((name, value) -> {
            out.bulk(name);
            out.bulk(value);
        });
    }

    private void set(Arguments request) {
        connection.replyError(
                "ERR Unknown option or number of arguments for CONFIG SET - '"
                        + request.text(2)
                        + "'");
    }

    private Map<String, String> settings() {
        FrontEndOptions options = frontEnd.options();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("databases", "1");
        settings.put("maxclients", Integer.toString(options.maxConnections()));
        settings.put("timeout", "0");
        settings.put("save", "");
        settings.put("appendonly", "yes");
        settings.put("maxmemory", "0");
        settings.put("slave-read-only", "yes");
        settings.put("replica-read-only", "yes");
        settings.put("port", Integer.toString(frontEnd.facts().tcpPort().getAsInt()));
        settings.put("proto-max-bulk-len", Integer.toString(options.respLimits().maxBulkBytes()));
        return settings;
    }
}

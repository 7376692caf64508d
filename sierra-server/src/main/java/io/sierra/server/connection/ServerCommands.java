package io.sierra.server.connection;

import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.concurrent.OwnedBy;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Answers the commands that are not about events. Libraries send them to find out whom they talk
 * to, so the answers are Redis's, down to the texts of errors.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class ServerCommands {
    private static final String NO_CLUSTER = "ERR This instance has cluster support disabled";
    private static final String NO_PASSWORD =
            "ERR AUTH <password> called without any password configured for the default user. Are"
                    + " you sure your configuration is correct?";
    static final String WRONG_PASSWORD =
            "WRONGPASS invalid username-password pair or user is disabled.";

    private final FrontEnd frontEnd;
    private final ClientConnection connection;
    private final HelloCommand hello;
    private final ClientCommand client;
    private final InfoCommand info;
    private final ConfigCommand config;
    private final CommandCommand command;

    ServerCommands(FrontEnd frontEnd, ClientConnection connection) {
        this.frontEnd = frontEnd;
        this.connection = connection;
        this.hello = new HelloCommand(frontEnd, connection);
        this.client = new ClientCommand(frontEnd, connection);
        this.info = new InfoCommand(frontEnd.info(), connection);
        this.config = new ConfigCommand(frontEnd, connection);
        this.command = new CommandCommand(frontEnd.commandReplies(), connection);
    }

    void handle(CommandName name, Arguments request) {
        switch (name) {
            case EAPPEND,
                    EMAPPEND,
                    EGET,
                    ESCAN,
                    ESVER,
                    EPSCAN,
                    EPSEQ,
                    ESUB,
                    EPSUB,
                    EACK,
                    EUNSUB,
                    EREAD,
                    EPREAD,
                    SUBSCRIBE,
                    UNSUBSCRIBE,
                    PSUBSCRIBE,
                    PUNSUBSCRIBE ->
                    throw new IllegalArgumentException(name + " is about events");
            case PING -> ping(request);
            case ECHO -> connection.reply().bulk(request.bytes(1));
            case HELLO -> hello.handle(request);
            case AUTH -> auth(request);
            case QUIT -> quit();
            case RESET -> reset();
            case SELECT -> select(request);
            case CLIENT -> client.handle(request);
            case INFO -> info.handle(request);
            case COMMAND -> command.handle(request);
            case CONFIG -> config.handle(request);
            case CLUSTER, READONLY, READWRITE, ASKING -> connection.replyError(NO_CLUSTER);
            case ROLE -> role();
            case DBSIZE -> connection.reply().integer(frontEnd.info().events());
            case TIME -> time();
            case ACL -> acl(request);
            case SLOWLOG -> slowLog(request);
            case LATENCY -> latency(request);
            case MODULE -> module(request);
            case EXISTS -> connection.reply().integer(0);
            case GET -> connection.reply().nullValue();
        }
    }

    private void ping(Arguments request) {
        if (request.count() > 2) {
            connection.replyError(Arities.text("ping"));
        } else if (connection.pubSub().isRestricted()) {
            pingAmongMessages(request);
        } else if (request.count() == 1) {
            connection.reply().simple("PONG");
        } else {
            connection.reply().bulk(request.bytes(1));
        }
    }

    /** Libraries expect nothing but arrays there. */
    private void pingAmongMessages(Arguments request) {
        RespWriter out = connection.reply();
        out.arrayHeader(2);
        out.bulk("pong");
        out.bulk(request.count() == 1 ? new byte[] {} : request.bytes(1));
    }

    /** There is no password: any will do for the default user, and there is no other user. */
    private void auth(Arguments request) {
        if (request.count() == 2) {
            connection.replyError(NO_PASSWORD);
        } else if (request.count() != 3) {
            connection.replyError(Arities.text("auth"));
        } else if (request.text(1).equals("default")) {
            connection.reply().simple("OK");
        } else {
            connection.replyError(WRONG_PASSWORD);
        }
    }

    private void quit() {
        connection.reply().simple("OK");
        connection.closeAfterReplies();
    }

    private void reset() {
        connection.subscriptions().endAll(null);
        connection.pubSub().clear();
        connection.session().reset();
        connection.reply().simple("RESET");
    }

    private void select(Arguments request) {
        if (!request.text(1).matches("-?\\d{1,18}")) {
            connection.replyError("ERR value is not an integer or out of range");
        } else if (Long.parseLong(request.text(1)) == 0) {
            connection.reply().simple("OK");
        } else {
            connection.replyError("ERR DB index is out of range");
        }
    }

    private void role() {
        RespWriter out = connection.reply();
        out.arrayHeader(3);
        out.bulk("master");
        out.integer(0);
        out.arrayHeader(0);
    }

    private void time() {
        Instant now = Instant.now();
        RespWriter out = connection.reply();
        out.arrayHeader(2);
        out.bulk(Long.toString(now.getEpochSecond()));
        out.bulk(Long.toString(TimeUnit.NANOSECONDS.toMicros(now.getNano())));
    }

    private void acl(Arguments request) {
        if (isSubcommand(request, "WHOAMI")) {
            connection.reply().bulk("default");
        } else if (isSubcommand(request, "CAT")) {
            connection.reply().arrayHeader(0);
        } else {
            unknownSubcommand(request);
        }
    }

    private void slowLog(Arguments request) {
        if (isSubcommand(request, "LEN")) {
            connection.reply().integer(0);
        } else if (isSubcommand(request, "GET")) {
            connection.reply().arrayHeader(0);
        } else if (isSubcommand(request, "RESET")) {
            connection.reply().simple("OK");
        } else {
            unknownSubcommand(request);
        }
    }

    private void latency(Arguments request) {
        if (isSubcommand(request, "LATEST")) {
            connection.reply().arrayHeader(0);
        } else if (isSubcommand(request, "HISTOGRAM")) {
            connection.reply().mapHeader(0);
        } else if (isSubcommand(request, "RESET")) {
            connection.reply().integer(0);
        } else {
            unknownSubcommand(request);
        }
    }

    private void module(Arguments request) {
        if (isSubcommand(request, "LIST")) {
            connection.reply().arrayHeader(0);
        } else {
            unknownSubcommand(request);
        }
    }

    private void unknownSubcommand(Arguments request) {
        connection.replyError(unknownSubcommandText(request));
    }

    static boolean isSubcommand(Arguments request, String keyword) {
        return request.is(1, keyword);
    }

    /** Refuses an unknown subcommand. */
    static String unknownSubcommandText(Arguments request) {
        return "ERR unknown subcommand '"
                + request.text(1)
                + "'. Try "
                + request.upperCaseName()
                + " HELP.";
    }
}

package io.sierra.server.connection;

import io.sierra.cluster.subscription.Subscriptions;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.connection.PubSubNames.Listening;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.concurrent.OwnedBy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Redis's commands of pub/sub: {@code SUBSCRIBE channel …}, {@code UNSUBSCRIBE [channel …]}, {@code
 * PSUBSCRIBE pattern …} and {@code PUNSUBSCRIBE [pattern …]}. Each name in them is confirmed by a
 * frame {@code >3 command name count}, in RESP2 an array, that counts the channels and patterns of
 * the connection.
 *
 * <p>A name is told from others by its bytes, options included. Most stand for a subscription to
 * events; on other names nothing is ever said, but they are listed and counted all the same. When a
 * subscription ends while its name is listed, by EUNSUB or because it had to, the name stays, for
 * the client's library goes on counting it. It is silent then, until it is unsubscribed, or
 * subscribed once more, which begins anew.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class PubSubCommands {
    private final Subscriptions subscriptions;
    private final int partitionCount;
    private final ClientConnection connection;
    private final PubSubNames channels;
    private final PubSubNames patterns;

    PubSubCommands(FrontEnd frontEnd, ClientConnection connection) {
        this.subscriptions = frontEnd.node().subscriptions();
        this.partitionCount = frontEnd.node().partitioning().partitionCount();
        this.connection = connection;
        this.channels = new PubSubNames(frontEnd.metrics().channels());
        this.patterns = new PubSubNames(frontEnd.metrics().patterns());
    }

    /** Number of channels and patterns of this connection. */
    int count() {
        return channels.count() + patterns.count();
    }

    /** Memory that their names take, roughly. */
    long heldBytes() {
        return channels.heldBytes() + patterns.heldBytes();
    }

    /**
     * Whether messages and replies can only be told apart if there are few kinds of replies: in
     * RESP2 both are arrays.
     */
    boolean isRestricted() {
        return count() > 0 && connection.session().version() == RespVersion.RESP2;
    }

    /** Whether a command cannot be carried out as long as there are channels or patterns. */
    boolean refuses(CommandName command) {
        return isRestricted()
                && switch (command) {
                    case SUBSCRIBE, UNSUBSCRIBE, PSUBSCRIBE, PUNSUBSCRIBE, PING, QUIT, RESET ->
                            false;
                    default -> true;
                };
    }

    /** Text of the error for such a command. */
    static String refusal(String command) {
        return "ERR Can't execute '"
                + command
                + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in"
                + " this context";
    }

    /** Carries one of the four out. */
    void handle(CommandName command, Arguments request) {
        switch (command) {
            case SUBSCRIBE -> subscribe(command, request, channels, PubSubTarget::ofChannel);
            case PSUBSCRIBE ->
                    subscribe(
                            command,
                            request,
                            patterns,
                            name -> PubSubTarget.ofPattern(name, partitionCount));
            case UNSUBSCRIBE -> unsubscribe(command, request, channels);
            case PUNSUBSCRIBE -> unsubscribe(command, request, patterns);
            default -> throw new IllegalArgumentException(command + " is not about channels");
        }
    }

    /** Forgets all names; their subscriptions have been ended. */
    void clear() {
        channels.all().forEach(channels::remove);
        patterns.all().forEach(patterns::remove);
        publishCounts();
    }

    /** All of the names or, if one of them cannot be listened to, none. */
    private void subscribe(
            CommandName command,
            Arguments request,
            PubSubNames names,
            Function<byte[], PubSubTarget> targets) {
        Map<ByteBuffer, Listening> opened = new LinkedHashMap<>();
        for (int i = 1; i < request.count(); i++) {
            ByteBuffer name = ByteBuffer.wrap(request.bytes(i));
            if (!names.isHeard(name) && !opened.containsKey(name)) {
                Failure problem = open(name, targets.apply(request.bytes(i)), opened);
                if (problem != null) {
                    opened.values().forEach(listening -> end(listening.subscription()));
                    connection.replyError(ErrorReplies.of(problem));
                    return;
                }
            }
        }
        confirm(command, request, names, opened);
        for (Listening listening : opened.values()) {
            ClientSubscription subscription = listening.subscription();
            if (subscription != null) {
                subscription.subscription().start();
            }
        }
    }

    /** Why it cannot be listened to; null if it is in {@code opened} now. */
    private @Nullable Failure open(
            ByteBuffer name, PubSubTarget target, Map<ByteBuffer, Listening> opened) {
        return switch (target) {
            case PubSubTarget.Refused(var failure) -> failure;
            case PubSubTarget.Silence() -> {
                opened.put(name, new Listening(/* subscription= */ null));
                yield null;
            }
            case PubSubTarget.Events(var command, var filter, var format) -> {
                Failure problem = subscriptions.problemWith(command);
                if (problem == null) {
                    ClientSubscription subscription =
                            connection.subscriptions().open(command, filter, format);
                    opened.put(name, new Listening(subscription));
                }
                yield problem;
            }
        };
    }

    private void confirm(
            CommandName command,
            Arguments request,
            PubSubNames names,
            Map<ByteBuffer, Listening> opened) {
        for (int i = 1; i < request.count(); i++) {
            ByteBuffer name = ByteBuffer.wrap(request.bytes(i));
            Listening listening = opened.get(name);
            if (listening != null) {
                names.put(name, listening);
            }
            confirm(command, name);
        }
        publishCounts();
    }

    /** Those that are named, or all; nothing is said any more on a channel once it is confirmed. */
    private void unsubscribe(CommandName command, Arguments request, PubSubNames names) {
        List<ByteBuffer> leaving = request.count() == 1 ? names.all() : namesIn(request);
        for (ByteBuffer name : leaving) {
            end(names.remove(name));
            confirm(command, name);
        }
        if (leaving.isEmpty()) {
            confirm(command, /* name= */ null);
        }
        publishCounts();
    }

    private static List<ByteBuffer> namesIn(Arguments request) {
        List<ByteBuffer> names = new ArrayList<>();
        for (int i = 1; i < request.count(); i++) {
            names.add(ByteBuffer.wrap(request.bytes(i)));
        }
        return names;
    }

    private void end(@Nullable ClientSubscription subscription) {
        if (subscription != null) {
            connection.subscriptions().end(subscription);
        }
    }

    private void confirm(CommandName command, @Nullable ByteBuffer name) {
        RespWriter out = connection.reply();
        out.pushHeader(3);
        out.bulk(command.lowerCase());
        if (name == null) {
            out.nullValue();
        } else {
            out.bulk(name.array());
        }
        out.integer(count());
    }

    private void publishCounts() {
        connection.session().listensTo(channels.count(), patterns.count());
    }
}

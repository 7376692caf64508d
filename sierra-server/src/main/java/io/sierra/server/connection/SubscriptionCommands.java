package io.sierra.server.connection;

import io.netty.buffer.ByteBufAllocator;
import io.sierra.cluster.Node;
import io.sierra.cluster.subscription.EventFilter;
import io.sierra.protocol.command.Command.Acknowledge;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.command.Command.Unsubscribe;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.push.EventMatcher;
import io.sierra.server.push.NativePushFormat;
import io.sierra.server.push.PushFormat;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one connection, and the commands about them. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class SubscriptionCommands {
    private static final String NO_PUSHES =
            "NOPROTO pushes need RESP3: say HELLO 3 first, or use SUBSCRIBE sierra:stream:<id>,"
                    + " SUBSCRIBE sierra:all, EREAD or EPREAD, which work in RESP2";

    private final FrontEnd frontEnd;
    private final Node node;
    private final ClientConnection connection;
    private final ByteBufAllocator allocator;
    private final Map<UUID, ClientSubscription> subscriptions = new LinkedHashMap<>();

    SubscriptionCommands(
            FrontEnd frontEnd, ClientConnection connection, ByteBufAllocator allocator) {
        this.frontEnd = frontEnd;
        this.node = frontEnd.node();
        this.connection = connection;
        this.allocator = allocator;
    }

    /** Number of subscriptions that this connection has. */
    int count() {
        return subscriptions.size();
    }

    /** ESUB and EPSUB. */
    void subscribe(Subscribe command) {
        if (connection.session().version() != RespVersion.RESP3) {
            connection.replyError(NO_PUSHES);
            return;
        }
        Failure problem = node.subscriptions().problemWith(command);
        if (problem != null) {
            connection.replyError(ErrorReplies.of(problem));
            return;
        }
        PushFormat format = PushFormat.of(command.options());
        ClientSubscription opened = open(command, EventMatcher.of(command.options()), format);
        confirm(opened.id(), command.options().pushKind() == null);
        opened.subscription().start();
    }

    /**
     * Makes a subscription of this connection that nobody has anything against. The caller answers
     * the client and then starts it.
     */
    ClientSubscription open(Subscribe command, EventFilter filter, PushFormat format) {
        ClientSubscription subscription = new ClientSubscription(connection, format, allocator);
        subscription.bind(node.subscriptions().open(command, filter, subscription));
        subscriptions.put(subscription.id(), subscription);
        frontEnd.subscriptions().put(subscription.id(), subscription);
        return subscription;
    }

    private void confirm(UUID id, boolean withPush) {
        RespWriter out = connection.reply();
        if (withPush) {
            NativePushFormat.confirmation(id, subscriptions.size(), out);
        } else {
            out.uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
        }
    }

    /** EACK, of a subscription on whatever connection. */
    void acknowledge(Acknowledge command) {
        ClientSubscription subscription = frontEnd.subscriptions().get(command.subscriptionId());
        if (subscription == null) {
            connection.replyError(ErrorReplies.of(new Failure.NoSuchSubscription()));
        } else {
            subscription.subscription().acknowledge(command.cursor());
            connection.reply().simple("OK");
        }
    }

    /** EUNSUB, of a subscription on whatever connection. */
    void unsubscribe(Unsubscribe command) {
        ClientSubscription subscription = frontEnd.subscriptions().get(command.subscriptionId());
        if (subscription == null) {
            connection.replyError(ErrorReplies.of(new Failure.NoSuchSubscription()));
        } else {
            end(subscription);
            connection.reply().simple("OK");
        }
    }

    /** Ends a subscription of whatever connection without a word. */
    void end(ClientSubscription subscription) {
        subscription.cancel();
        frontEnd.subscriptions().remove(subscription.id());
        if (subscription.connection() == connection) {
            subscriptions.remove(subscription.id());
        } else {
            subscription.connection().forgetSoon(subscription);
        }
    }

    /** One of this connection has ended. */
    void forget(ClientSubscription subscription) {
        subscription.cancel();
        frontEnd.subscriptions().remove(subscription.id());
        subscriptions.remove(subscription.id());
    }

    /** Ends all, telling the client why if there is a reason. */
    void endAll(@Nullable Failure reason) {
        for (ClientSubscription subscription : subscriptions.values()) {
            subscription.cancel();
            frontEnd.subscriptions().remove(subscription.id());
            if (reason != null) {
                subscription.writeError(reason, connection.reply());
            }
        }
        subscriptions.clear();
    }
}

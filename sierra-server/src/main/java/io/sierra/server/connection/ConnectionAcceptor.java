package io.sierra.server.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.sierra.server.info.LoopMetrics;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;

/** Makes a {@link ClientConnection} of each socket, or turns it away when there are too many. */
final class ConnectionAcceptor extends ChannelInitializer<Channel> {
    private static final byte[] TOO_MANY =
            "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII);

    private final FrontEnd frontEnd;
    private final ChannelGroup clients;
    private final IdentityHashMap<EventExecutor, Loop> loops = new IdentityHashMap<>();

    ConnectionAcceptor(
            FrontEnd frontEnd, ChannelGroup clients, Iterable<EventExecutor> eventLoops) {
        this.frontEnd = frontEnd;
        this.clients = clients;
        for (EventExecutor eventLoop : eventLoops) {
            LoopMetrics metrics = frontEnd.metrics().loop(loops.size());
            loops.put(eventLoop, new Loop(new CompletionQueue(eventLoop), metrics));
        }
    }

    @Override
    protected void initChannel(Channel channel) {
        if (!frontEnd.metrics().tryConnect(frontEnd.options().maxConnections())) {
            channel.pipeline().addLast(new TurnAway());
            return;
        }
        channel.closeFuture().addListener(_ -> frontEnd.metrics().onDisconnected());
        clients.add(channel);
        Loop loop = loops.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("an event loop that is not ours");
        }
        channel.pipeline()
                .addLast(new ClientConnection(frontEnd, channel, loop.completions, loop.metrics));
    }

    /** What the connections of an event loop share. */
    private record Loop(CompletionQueue completions, LoopMetrics metrics) {}

    private static final class TurnAway extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(TOO_MANY))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}

package io.sierra.server.connection;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.sierra.cluster.Node;
import io.sierra.server.command.CommandTable;
import io.sierra.server.info.ServerFacts;
import io.sierra.server.info.ServerMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to clients and serves them from a node until it is closed. */
public final class ClientListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientListener.class);
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    /** The kernel cuts it to what it allows. */
    private static final int BACKLOG = 4096;

    private static final int SMALLEST_READ_BYTES = 256;
    private static final int FIRST_READ_BYTES = 4096;
    private static final int LARGEST_READ_BYTES = 64 << 10;
    private static final int FAREWELL_SECONDS = 5;

    private final EventLoopGroup eventLoops;
    private final ReaderPool readers;
    private final FrontEnd frontEnd;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger port = new AtomicInteger();
    private final Channel listening;
    private final ScheduledFuture<?> seconds;

    private ClientListener(Node node, FrontEndOptions options) throws IOException {
        IoModel ioModel = IoModel.best();
        ServerMetrics metrics =
                new ServerMetrics(CommandName.lowerCaseNames(), options.eventLoops());
        ServerFacts facts =
                ServerFacts.ofStart(port::get, options.maxConnections(), ioModel.name());
        readers =
                new ReaderPool(
                        options.readerThreads(),
                        options.readerQueueLength(),
                        new ReadExecutor(
                                node.reader(), node::failureOf, ALLOCATOR, options.pageBytes()));
        frontEnd = new FrontEnd(options, node, facts, metrics, CommandTable.load(), readers);
        eventLoops =
                new MultiThreadIoEventLoopGroup(
                        options.eventLoops(),
                        new DefaultThreadFactory("sierra-client"),
                        ioModel.handlers());
        listening = bind(ioModel, options);
        port.set(localAddress().getPort());
        // The first INFO would hold an event loop up for a fifth of a second.
        Thread.ofPlatform().daemon().name("sierra-warm-up").start(frontEnd.info()::warmUp);
        seconds = eventLoops.next().scheduleAtFixedRate(metrics::onSecond, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * Does what a start does later anyway and what needs no settings: loads Netty, the parser of
     * JSON and the native transport. For a thread beside the one that starts the server.
     */
    public static void prepare() {
        CommandTable.load();
        IoModel.best();
        ALLOCATOR.ioBuffer(FIRST_READ_BYTES).release();
    }

    /**
     * Starts to listen.
     *
     * @throws IOException if the address cannot be bound; its message says which and why
     */
    public static ClientListener start(Node node, FrontEndOptions options) throws IOException {
        return new ClientListener(node, options);
    }

    /** Where it listens; never with port 0. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) listening.localAddress();
    }

    /**
     * Accepts no more connections and commands, answers the commands that it has, for at most
     * {@value #FAREWELL_SECONDS} seconds, and closes the connections. The node stays open.
     */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        for (ClientConnection connection : frontEnd.connections().values()) {
            connection.shutDownSoon();
        }
        if (!clients.newCloseFuture().awaitUninterruptibly(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("{} connections are closed with commands unanswered", clients.size());
        }
        clients.close().awaitUninterruptibly();
        seconds.cancel(false);
        stopThreads();
    }

    private Channel bind(IoModel ioModel, FrontEndOptions options) throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(eventLoops)
                        .channel(ioModel.channel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        options.outputLowBytes(), options.outputHighBytes()))
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(
                                        SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES))
                        .childHandler(new ConnectionAcceptor(frontEnd, clients, eventLoops));
        ChannelFuture bound = bootstrap.bind(options.clientAddress()).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return bound.channel();
        }
        stopThreads();
        Throwable cause = bound.cause();
        throw new IOException(
                "cannot listen on " + options.clientAddress() + ": " + cause.getMessage(), cause);
    }

    private void stopThreads() {
        readers.close();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}

package io.sierra.server.cli;

import io.sierra.cluster.LocalNode;
import io.sierra.cluster.NodeOptions;
import io.sierra.cluster.ScrubOptions;
import io.sierra.server.SierraServer;
import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.HostAndPort;
import io.sierra.server.config.Settings;
import io.sierra.server.connection.DefaultProtocol;
import io.sierra.server.connection.FrontEndOptions;
import io.sierra.server.resp.RespLimits;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import io.sierra.storage.SyncPolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the real thing: one node and its front end. */
final class NodeLauncher implements ServerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLauncher.class);

    /**
     * What a start may read to rebuild indexes before it is ready: less than a second. With
     * segments up to this size no client needs to know that a kill came before the index of one was
     * written.
     */
    private static final long MAX_REBUILD_BYTES_AT_START = 64L << 20;

    @Override
    public void prepare() {
        Thread.ofPlatform().daemon().name("sierra-prepare").start(SierraServer::prepare);
    }

    @Override
    public RunningServer launch(Settings settings) {
        FrontEndOptions frontEnd = frontEndOptions(settings);
        warnOfFewConnections(settings.limits().maxConnections(), frontEnd.maxConnections());
        LocalNode node = open(settings, frontEnd.clientAddress());
        try {
            Running running = new Running(node, SierraServer.start(node, frontEnd));
            node.startScrub(scrubOptions(settings));
            return running;
        } catch (IOException e) {
            node.close();
            throw cannotListen(settings, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
    }

    private static void warnOfFewConnections(int wanted, int allowed) {
        if (allowed < wanted) {
            LOG.warn(
                    "only {} connections instead of limits.max_connections = {}: this process may"
                            + " not have more open files (ulimit -n)",
                    allowed,
                    wanted);
        }
    }

    /** Each transport reports this in words of its own, some with numbers of the system. */
    private static CommandFailedException cannotListen(
            Settings settings, String reason, IOException cause) {
        HostAndPort address = settings.network().clientAddress();
        return new CommandFailedException(
                reason.toLowerCase(Locale.ROOT).contains("already in use")
                        ? "cannot listen on " + address + ": the address is already in use"
                        : reason,
                cause);
    }

    private record Running(LocalNode node, SierraServer server) implements RunningServer {
        @Override
        public InetSocketAddress address() {
            return server.localAddress();
        }

        @Override
        public void close() {
            // In this order: what clients were promised is answered, then made durable.
            server.close();
            node.close();
        }
    }

    private static LocalNode open(Settings settings, InetSocketAddress clientAddress) {
        try {
            OptionalInt existing = EventStore.bucketCount(settings.directory());
            if (existing.isEmpty()) {
                requireFree(clientAddress, settings);
            }
            return LocalNode.open(nodeOptions(settings, bucketCount(settings, existing)));
        } catch (IOException e) {
            throw new CommandFailedException(
                    "cannot open the data in " + settings.directory() + ": " + Failures.reasonOf(e),
                    e);
        }
    }

    /**
     * Tries an address before a store is made, whose settings would be fixed for nothing. Only what
     * listens is in the way of binding, and what is bound without listening takes no client.
     */
    private static void requireFree(InetSocketAddress address, Settings settings) {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address);
        } catch (IOException e) {
            throw cannotListen(
                    settings,
                    "cannot listen on %s: %s"
                            .formatted(settings.network().clientAddress(), e.getMessage()),
                    e);
        }
    }

    /** As many as an existing store has, unless it is told to have another number. */
    private static int bucketCount(Settings settings, OptionalInt existing) {
        int count = settings.bucket().count();
        return settings.bucket().automatic()
                        && existing.isPresent()
                        && existing.getAsInt() <= settings.partition().count()
                ? existing.getAsInt()
                : count;
    }

    static NodeOptions nodeOptions(Settings settings, int bucketCount) {
        StoreOptions store =
                StoreOptions.defaults()
                        .withPartitioning(settings.partition().count(), bucketCount)
                        .withSegmentSizeBytes(settings.segment().sizeBytes())
                        .withCacheBytes(settings.cache().capacityBytes())
                        .withMaxMappings(settings.cache().mappedFiles())
                        .withMaxRebuildBytesAtOpen(MAX_REBUILD_BYTES_AT_START);
        return new NodeOptions(
                settings.directory(),
                store,
                switch (settings.sync().policy()) {
                    case ALWAYS -> SyncPolicy.ALWAYS;
                    case INTERVAL -> SyncPolicy.INTERVAL;
                    case OS -> SyncPolicy.OS;
                },
                Duration.ofMillis(settings.sync().intervalMillis()),
                Settings.Threads.sharing(bucketCount, settings.threads().write()),
                settings.threads().subscribe());
    }

    private static ScrubOptions scrubOptions(Settings settings) {
        return new ScrubOptions(
                settings.scrub().bytesPerSecond(),
                Duration.ofHours(settings.scrub().intervalHours()));
    }

    static FrontEndOptions frontEndOptions(Settings settings) {
        Settings.Limits limits = settings.limits();
        int outputBytes = Math.toIntExact(limits.outputBufferBytes());
        FrontEndOptions defaults = FrontEndOptions.defaultsAt(resolve(settings));
        return new FrontEndOptions(
                defaults.clientAddress(),
                settings.threads().eventLoops(),
                switch (settings.network().defaultProtocol()) {
                    case AUTO -> DefaultProtocol.AUTO;
                    case RESP2 -> DefaultProtocol.RESP2;
                    case RESP3 -> DefaultProtocol.RESP3;
                },
                settings.append().strictVersioning(),
                new RespLimits(
                        Math.toIntExact(limits.maxBulkBytes()),
                        limits.maxRequestBytes(),
                        limits.maxArrayLength(),
                        limits.maxNesting(),
                        Math.toIntExact(limits.maxInlineBytes())),
                OpenFileLimit.ofThisProcess()
                        .connections(
                                limits.maxConnections(),
                                settings.bucket().count(),
                                settings.threads().eventLoops()),
                limits.commandsInFlight(),
                limits.bytesInFlight(),
                outputBytes,
                outputBytes / 4,
                limits.memoryBytes(),
                settings.threads().read(),
                defaults.readerQueueLength(),
                Math.toIntExact(limits.pageBytes()),
                limits.maxBlockMillis(),
                UUID.randomUUID().toString());
    }

    private static InetSocketAddress resolve(Settings settings) {
        HostAndPort address = settings.network().clientAddress();
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new CommandFailedException(
                    "cannot listen on " + address + ": there is no host " + address.host());
        }
        return resolved;
    }
}

package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sierra.protocol.command.Command.GetEvent;
import io.sierra.protocol.command.Command.PartitionSequence;
import io.sierra.protocol.command.Command.ScanPartition;
import io.sierra.protocol.command.Command.ScanStream;
import io.sierra.protocol.command.Command.StreamVersion;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.EventReplies;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.PartitionFailedException;
import io.sierra.storage.read.PartitionLoadingException;
import io.sierra.storage.read.ReadAhead;
import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries reads out and encodes their replies. Used by the reader threads. */
final class ReadExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ReadExecutor.class);
    private static final int FIRST_CAPACITY = 512;

    private final EventReader reader;
    private final IntFunction<@Nullable Failure> failures;
    private final ByteBufAllocator allocator;
    private final int pageBytes;

    /**
     * Reads of a node.
     *
     * @param failures why a partition is not served, or null
     */
    ReadExecutor(
            EventReader reader,
            IntFunction<@Nullable Failure> failures,
            ByteBufAllocator allocator,
            int pageBytes) {
        this.reader = reader;
        this.failures = failures;
        this.allocator = allocator;
        this.pageBytes = pageBytes;
    }

    /** For one thread. */
    Prefetcher prefetcher() {
        return new Prefetcher(reader.readAhead());
    }

    /** Fetches what several reads need at once. */
    static final class Prefetcher {
        private final ReadAhead ahead;

        private Prefetcher(ReadAhead ahead) {
            this.ahead = ahead;
        }

        /** These reads will be carried out. */
        void prefetch(List<PendingRead> reads) {
            for (int i = 0; i < reads.size(); i++) {
                add(reads.get(i));
            }
            ahead.fetch();
            for (int i = 0; i < reads.size(); i++) {
                reads.get(i).giveHint(ahead.hint(i));
            }
        }

        private void add(PendingRead read) {
            switch (read.command()) {
                case GetEvent(var id) -> ahead.get(id);
                case StreamVersion(var stream, var key) -> ahead.streamVersion(stream, key);
                case PartitionSequence _ ->
                        throw new IllegalStateException("is answered on the event loop");
                case ScanStream scan ->
                        ahead.scanStream(
                                scan.streamId(), scan.partitionKey(), scan.versions().first());
                case ScanPartition scan ->
                        ahead.scanPartition(read.partitionId(), scan.sequences().first());
            }
        }
    }

    /** Gives the read its result. Damaged data and the like fail this read and nothing else. */
    void execute(PendingRead read) {
        ByteBuf out = null;
        try {
            out = allocator.buffer(FIRST_CAPACITY);
            encode(read, out);
            requireService(read.partitionId());
            read.succeed(out);
        } catch (IOException | RuntimeException | Error e) {
            // An InternalError says that the system could not read a page of a mapped file.
            if (out != null) {
                out.release();
            }
            if (!(e instanceof PartitionLoadingException)) {
                LOG.warn("{} failed", read.name(), e);
            }
            read.fail(ErrorReplies.of(failureOf(e)));
        }
    }

    /**
     * A partition may have gone out of service while the read was waiting: because another one has
     * met a bad index, which then was made again without what is lost.
     */
    private void requireService(int partitionId) throws PartitionFailedException {
        if (partitionId != PendingRead.ANY_PARTITION
                && failures.apply(partitionId)
                        instanceof Failure.PartitionFailed(int id, String reason)) {
            throw new PartitionFailedException(id, reason, null);
        }
    }

    private static Failure failureOf(Throwable e) {
        return switch (e) {
            case PartitionFailedException failed ->
                    new Failure.PartitionFailed(failed.partitionId(), failed.reason());
            case PartitionLoadingException loading ->
                    new Failure.PartitionLoading(loading.bucketId(), loading.percent());
            default -> new Failure.ReadFailed(String.valueOf(e.getMessage()));
        };
    }

    private void encode(PendingRead read, ByteBuf out) throws IOException {
        RespWriter writer = new RespWriter(out, read.version());
        switch (read.command()) {
            case GetEvent(var id) -> {
                if (!reader.get(id, read.hint(), event -> writeOnly(event, writer))) {
                    writer.nullValue();
                }
            }
            case StreamVersion(var stream, var key) ->
                    writeLast(
                            reader.streamVersion(stream, key, read.watermark(), read.hint()),
                            writer);
            case PartitionSequence _ ->
                    throw new IllegalStateException("is answered on the event loop");
            case ScanStream scan -> scanStream(scan, read, out, writer);
            case ScanPartition scan -> scanPartition(scan, read, out, writer);
        }
    }

    private void scanStream(ScanStream scan, PendingRead read, ByteBuf out, RespWriter writer)
            throws IOException {
        page(
                read,
                out,
                writer,
                page ->
                        reader.scanStream(
                                scan.streamId(),
                                scan.partitionKey(),
                                scan.versions().first(),
                                scan.versions().last(),
                                scan.count(),
                                read.watermark(),
                                page));
    }

    private void scanPartition(ScanPartition scan, PendingRead read, ByteBuf out, RespWriter writer)
            throws IOException {
        page(
                read,
                out,
                writer,
                page ->
                        reader.scanPartition(
                                read.partitionId(),
                                scan.sequences().first(),
                                scan.sequences().last(),
                                scan.count(),
                                read.watermark(),
                                page));
    }

    private void page(PendingRead read, ByteBuf out, RespWriter writer, Scan scan)
            throws IOException {
        ByteBuf events = allocator.buffer(FIRST_CAPACITY);
        try {
            PageWriter page = new PageWriter(events, read.version(), pageBytes);
            boolean more = scan.visit(page);
            EventReplies.page(more || page.isCut(), page.count(), Unpooled.EMPTY_BUFFER, writer);
            out.ensureWritable(events.readableBytes());
            writer.frames(events);
        } finally {
            events.release();
        }
    }

    private static boolean writeOnly(EventView event, RespWriter writer) {
        EventReplies.event(event, writer);
        return false;
    }

    /** A version or sequence, which is -1 if there is none. */
    static void writeLast(long last, RespWriter writer) {
        if (last < 0) {
            writer.nullValue();
        } else {
            writer.integer(last);
        }
    }

    /** Visits the events of a page; whether there are more. */
    private interface Scan {
        boolean visit(PageWriter page) throws IOException;
    }
}

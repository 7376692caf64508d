package io.sierra.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalNodeTest {
    @TempDir Path directory;

    /** Remembers results, and that each batch of them ended with a flush. */
    private static final class RecordingSink implements AppendSink {
        final BlockingQueue<AppendResult> results = new LinkedBlockingQueue<>();
        final List<AppendResult> unflushed = new ArrayList<>();

        @Override
        public synchronized void completed(AppendRequest request, AppendResult result) {
            unflushed.add(result);
        }

        @Override
        public synchronized void flush() {
            results.addAll(unflushed);
            unflushed.clear();
        }

        AppendResult next() throws InterruptedException {
            AppendResult result = results.poll(10, TimeUnit.SECONDS);
            assertThat(result).as("a result, flushed").isNotNull();
            return Objects.requireNonNull(result);
        }
    }

    private static final class TestRequest extends AppendRequest {
        TestRequest(Command.Write command, AppendSink sink) {
            super(command, sink);
        }
    }

    private NodeOptions options() {
        return NodeOptions.in(directory)
                .withStore(StoreOptions.defaults().withSegmentSizeBytes(1 << 20));
    }

    private static TestRequest append(String stream, ExpectedVersion expected, AppendSink sink) {
        StreamId streamId = StreamId.of(stream);
        byte[] name = "E".getBytes(StandardCharsets.UTF_8);
        NewEvent event =
                new NewEvent(
                        streamId, name, null, expected, NewEvent.NOW, new byte[10], new byte[0]);
        return new TestRequest(new Command.Append(streamId.defaultPartitionKey(), event), sink);
    }

    @Test
    void offer_acceptedAppend_isVisibleWhenItIsAnswered() throws Exception {
        RecordingSink sink = new RecordingSink();
        try (LocalNode node = LocalNode.open(options())) {
            assertThat(node.offer(append("user-123", new ExpectedVersion.Empty(), sink))).isNull();
            AppendResult.Appended appended = (AppendResult.Appended) sink.next();
            assertThat(appended.partitionId()).isEqualTo(21);
            assertThat(node.reader().watermark(21)).isEqualTo(1);
            assertThat(node.status().watermarks().get(21)).isEqualTo(1);
        }
    }

    @Test
    void offer_manyAppendsOfOneStream_haveGaplessVersionsInOrder() throws Exception {
        RecordingSink sink = new RecordingSink();
        int count = 5_000;
        try (LocalNode node = LocalNode.open(options())) {
            for (int i = 0; i < count; i++) {
                assertThat(node.offer(append("user-123", new ExpectedVersion.Any(), sink)))
                        .isNull();
            }
            for (int i = 0; i < count; i++) {
                AppendResult.Appended appended = (AppendResult.Appended) sink.next();
                assertThat(appended.events().getFirst().streamVersion()).isEqualTo(i);
            }
            assertThat(node.status().buckets().get(1).syncs()).isLessThan(count);
        }
    }

    @Test
    void offer_wrongVersion_isRefusedWithTheCurrentOne() throws Exception {
        RecordingSink sink = new RecordingSink();
        try (LocalNode node = LocalNode.open(options())) {
            node.offer(append("user-123", new ExpectedVersion.Empty(), sink));
            node.offer(append("user-123", new ExpectedVersion.Empty(), sink));
            assertThat(sink.next()).isInstanceOf(AppendResult.Appended.class);
            AppendResult.Refused refused = (AppendResult.Refused) sink.next();
            assertThat(refused.failure()).isInstanceOf(Failure.WrongExpectedVersion.class);
        }
    }

    @Test
    void close_acceptedAppends_areAnsweredAndSurvive() throws Exception {
        RecordingSink sink = new RecordingSink();
        int count = 1_000;
        try (LocalNode node = LocalNode.open(options())) {
            for (int i = 0; i < count; i++) {
                node.offer(append("user-123", new ExpectedVersion.Any(), sink));
            }
        }
        assertThat(sink.results).hasSize(count);
        try (LocalNode node = LocalNode.open(options())) {
            assertThat(node.reader().watermark(21)).isEqualTo(count);
        }
    }

    @Test
    void offer_afterClose_isRefused() throws IOException {
        LocalNode node = LocalNode.open(options());
        node.close();
        assertThat(node.offer(append("s", new ExpectedVersion.Any(), new RecordingSink())))
                .isInstanceOf(Failure.ShuttingDown.class);
    }
}

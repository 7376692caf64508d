package io.sierra.cluster;

import io.sierra.storage.EventStore;
import io.sierra.storage.bucket.Bucket;
import io.sierra.storage.check.CheckListener;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the sealed segments of a store from the disk, slowly and again and again, on a thread of
 * its own. A bad index is made again. A partition that has lost acknowledged entries goes out of
 * service, but only after a second look has found the same.
 */
final class Scrubber {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    private final Path directory;
    private final EventStore store;
    private final ScrubOptions options;
    private final IntConsumer onPartitionFailed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> known = new HashSet<>();
    private final Thread thread;
    private volatile ScrubStatus status;

    /**
     * Starts the first pass.
     *
     * @param onPartitionFailed is told the id of a partition that has gone out of service
     */
    Scrubber(
            Path directory, EventStore store, ScrubOptions options, IntConsumer onPartitionFailed) {
        this.directory = directory;
        this.store = store;
        this.options = options;
        this.onPartitionFailed = onPartitionFailed;
        this.status = new ScrubStatus("running", 0, 0, 0, 0, 0, "");
        this.thread =
                Thread.ofPlatform().daemon().name("sierra-scrub").start(this::scrubUntilClosed);
    }

    ScrubStatus status() {
        return status;
    }

    private void scrubUntilClosed() {
        try {
            do {
                scrubOnce();
            } while (!closed.await(options.interval().toMillis(), TimeUnit.MILLISECONDS));
        } catch (CancellationException _) {
            return; // closed in the middle of a pass
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void scrubOnce() {
        try (StoreFiles files = StoreFiles.open(directory)) {
            status = status.begun(StoreCheck.plannedBytes(files));
            for (Bucket bucket : store.buckets()) {
                // Of one that is loading all that matters is being read just now.
                if (bucket.state() instanceof Bucket.Open) {
                    scrub(files, bucket.bucketId());
                }
            }
            status = status.ended("waiting", System.currentTimeMillis(), status.lastFinding());
        } catch (CancellationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOG.warn("a scrub has failed and will be tried again in {}", options.interval(), e);
            status = status.ended("failed", System.currentTimeMillis(), e.toString());
        }
    }

    private void scrub(StoreFiles files, int bucketId) throws IOException {
        List<Finding> first = look(files, bucketId);
        if (first.isEmpty()) {
            return;
        }
        Set<Finding> again = new HashSet<>(look(files, bucketId));
        for (Finding finding : first) {
            if (again.contains(finding)) {
                takeOutOfService(finding);
            }
        }
    }

    /** Damaged frames; bad indexes are dealt with on the way. */
    private List<Finding> look(StoreFiles files, int bucketId) throws IOException {
        Pass pass = new Pass();
        new StoreCheck(files, pass).scrub(bucketId);
        return pass.damages;
    }

    private void takeOutOfService(Finding finding) throws IOException {
        if (isNew(finding)) {
            LOG.error("scrub: damaged: {}; lost: {}", finding.problem(), finding.losses());
        }
        for (Loss loss : finding.losses()) {
            store.reportDamage(loss.partitionId(), finding.problem());
            onPartitionFailed.accept(loss.partitionId());
        }
    }

    private boolean isNew(Finding finding) {
        if (!known.add(finding.problem())) {
            return false;
        }
        status = status.found(known.size(), finding.problem());
        return true;
    }

    /** One look at a bucket. */
    private final class Pass implements CheckListener {
        final List<Finding> damages = new ArrayList<>();

        @Override
        public void read(long lengthBytes) {
            status = status.read(lengthBytes);
            pause(lengthBytes);
        }

        /** As long as this many bytes may take. */
        private void pause(long lengthBytes) {
            long micros = lengthBytes * 1_000_000 / options.bytesPerSecond();
            try {
                if (closed.await(micros, TimeUnit.MICROSECONDS)) {
                    throw new CancellationException();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new CancellationException();
            }
        }

        @Override
        public void found(Finding finding) {
            if (finding.kind() == Kind.DATA) {
                damages.add(finding);
            } else if (finding.kind() == Kind.INDEX && isNew(finding)) {
                LOG.warn("scrub: {}", finding.problem());
            }
        }

        @Override
        public void badIndex(int bucketId, int firstSegment, int lastSegment) {
            try {
                store.bucket(bucketId).rebuildIndex(firstSegment, lastSegment);
                LOG.info(
                        "the index of segments {} to {} of bucket {} was made again",
                        firstSegment,
                        lastSegment,
                        bucketId);
            } catch (IOException e) {
                LOG.warn("an index could not be made again: {}", e.toString());
            }
        }

        @Override
        public void noted(String note) {
            LOG.debug("scrub: {}", note);
        }
    }

    /** Ends after the read that is under way. */
    void stop() throws InterruptedException {
        closed.countDown();
        thread.join();
    }
}

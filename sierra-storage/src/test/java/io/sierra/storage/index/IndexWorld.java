package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;

/** A bucket's index on some device, its model, and background work in the test's hand. */
final class IndexWorld implements AutoCloseable {
    static final String BUCKET = "buckets/00002";
    private static final int MAX_MAPPINGS = 4;
    private static final int MAX_TASKS = 10_000;

    final IndexModel model;
    final ManualExecutor sealing = new ManualExecutor();
    final ManualExecutor merging = new ManualExecutor();
    final BucketIndex index;
    private final MappingCache mappings;
    private OpenIndex open;

    private IndexWorld(Device device, IndexModel model, int fanOut) throws IOException {
        this.model = model;
        this.mappings = new MappingCache(device, MAX_MAPPINGS);
        int sealed = Math.max(0, model.newestSegment());
        this.index =
                BucketIndex.open(
                        device,
                        mappings,
                        BUCKET,
                        sealed,
                        model,
                        new IndexOptions(sealing, merging, sealing, fanOut, 10, 100));
        if (model.newestSegment() < 0) model.beginSegment();
        this.open = index.beginSegment(model.newestSegment());
        model.segment(model.newestSegment()).forEach(frame -> frame.addTo(open));
    }

    /** Opens the index of all that the model has: the newest segment is open, the rest sealed. */
    static IndexWorld open(Device device, IndexModel model, int fanOut) throws IOException {
        return new IndexWorld(device, model, fanOut);
    }

    void addEvents(int count) {
        for (int i = 0; i < count; i++) model.addFrame().addTo(open);
    }

    /** Seals the open segment and begins the next one. */
    void rollOver() {
        OpenIndex sealed = open;
        model.beginSegment();
        open = index.beginSegment(model.newestSegment());
        index.seal(sealed, model.dataLengthBytes(sealed.segmentNumber()));
    }

    /** Does all background work that there is. */
    void settle() {
        sealing.runAll(MAX_TASKS);
        merging.runAll(MAX_TASKS);
    }

    /** Adds segments with so many events each and settles. */
    void addSegments(int count, int eventsEach) {
        for (int i = 0; i < count; i++) {
            addEvents(eventsEach);
            rollOver();
            settle();
        }
    }

    void check() throws IOException {
        model.check(index);
    }

    @Override
    public void close() {
        index.close();
        mappings.close();
    }
}

package io.sierra.storage.read;

import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Owner;
import io.sierra.storage.concurrent.Published;

/**
 * First partition sequence that readers may not see yet. Exclusive: an empty partition stands at 0.
 * Never falls. What is visible is decided by comparison with it and by nothing else.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
public final class Watermark {
    private final Owner owner = new Owner();
    @Published private volatile long end;

    /** Exclusive end of the confirmed sequences. */
    public long end() {
        return end;
    }

    /** Makes everything below {@code newEnd} visible. */
    public void advanceTo(long newEnd) {
        assert owner.isCurrentThread() : "a watermark has one writer";
        assert newEnd >= end : "watermark would fall: " + end + " -> " + newEnd;
        end = newEnd;
    }

    /** The thread that advances next owns it from then on. */
    public void handOver() {
        owner.handOver();
    }
}

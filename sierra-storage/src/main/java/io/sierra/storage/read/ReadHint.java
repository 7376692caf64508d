package io.sierra.storage.read;

import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.Prefetch;

/**
 * What has been found out ahead of a read or an append, which then does not look it up again. A
 * read's watermark must have been fixed before.
 *
 * @param known whether it was looked up; if not, the rest says nothing
 * @param number version that was found, -1 if there is none; of an event always -1
 * @param location of the frame, or {@link FrameLocation#NONE} if there is none in the bucket that
 *     was asked. Of an event it is the newest place where it may be
 * @param hasDefaultPartitionKey as {@link io.sierra.storage.index.FoundEvent} tells it
 * @param isSealed as that tells it, too
 */
public record ReadHint(
        boolean known,
        long number,
        long location,
        boolean hasDefaultPartitionKey,
        boolean isSealed) {
    /** Nothing was looked up. */
    public static final ReadHint NONE = new ReadHint(false, -1, FrameLocation.NONE, false, false);

    /** It was looked up, and nothing is there. */
    public static final ReadHint NOTHING_THERE =
            new ReadHint(true, -1, FrameLocation.NONE, false, false);

    /** What was found of the {@code n}th look-up. */
    public static ReadHint of(Prefetch fetched, int n) {
        return fetched.isLookedUp(n)
                ? new ReadHint(
                        true,
                        fetched.foundNumber(n),
                        fetched.location(n),
                        fetched.hasDefaultPartitionKey(n),
                        fetched.isSealed(n))
                : NONE;
    }

    /** Whether there is a place to look at. */
    boolean leadsToFrame() {
        return known && location != FrameLocation.NONE;
    }

    /** Whether the bucket that was asked has nothing. */
    public boolean saysNothingIsThere() {
        return known && location == FrameLocation.NONE;
    }
}

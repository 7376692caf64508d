package io.sierra.storage.index;

import java.io.IOException;

/** Event entries in ascending order of hash (unsigned), then location. */
interface EventCursor {
    /** Moves to the next entry, the first one at the first call; false at the end. */
    boolean next() throws IOException;

    long hash();

    /** See {@link FrameLocation}. */
    long location();
}

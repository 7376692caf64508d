package io.sierra.storage.index;

import java.io.IOException;

/** Judges a possible location by reading the frame there. */
@FunctionalInterface
public interface LocationPredicate {

    /**
     * Looks at one location.
     *
     * @param location see {@link FrameLocation}
     * @return true ends the search
     */
    boolean test(long location) throws IOException;
}

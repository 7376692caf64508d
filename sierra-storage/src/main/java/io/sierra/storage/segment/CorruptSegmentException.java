package io.sierra.storage.segment;

import java.io.IOException;

/**
 * Stored bytes are not what was written. Names the file, the offset, the expected and the found.
 */
public final class CorruptSegmentException extends IOException {
    private static final long serialVersionUID = 1;

    /** What is wrong in {@code file} at {@code fileOffset}. */
    public CorruptSegmentException(
            String file, long fileOffset, String what, Object expected, Object actual) {
        super(
                "%s at offset %d: %s should be %s but is %s"
                        .formatted(file, fileOffset, what, expected, actual));
    }
}

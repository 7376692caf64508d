package io.sierra.storage.index;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An index file is missing or not what was written. The frames tell what it should be. */
final class CorruptIndexException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient IndexFileId file;
    private final transient VerifiedBlocks seen;

    CorruptIndexException(
            IndexFileId file, VerifiedBlocks seen, String problem, @Nullable Throwable cause) {
        super(file + ": " + problem, cause);
        this.file = file;
        this.seen = seen;
    }

    /** Which file. */
    IndexFileId file() {
        return file;
    }

    /** Which state of the file: another one is in use as soon as it has been repaired. */
    VerifiedBlocks seen() {
        return seen;
    }
}

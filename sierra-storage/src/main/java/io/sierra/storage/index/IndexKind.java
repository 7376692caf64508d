package io.sierra.storage.index;

/** The three indexes of a segment, and of a run of segments. */
enum IndexKind {
    EVENT("index.eidx", 0x58444945),
    PARTITION("partition.pidx", 0x58444950),
    STREAM("stream.sidx", 0x58444953);

    private final String fileName;
    private final int magic;

    IndexKind(String fileName, int magic) {
        this.fileName = fileName;
        this.magic = magic;
    }

    /** Name of the file in a segment's or a run's directory. */
    String fileName() {
        return fileName;
    }

    /** First four bytes of the file, as a little-endian int: "EIDX", "PIDX" or "SIDX". */
    int magic() {
        return magic;
    }

    /** Bytes per entry. */
    int entryLength() {
        return switch (this) {
            case EVENT -> EventEntry.LENGTH;
            case PARTITION, STREAM -> SeriesEntry.LENGTH;
        };
    }
}

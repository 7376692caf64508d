package io.sierra.storage.index;

/** The event index of a segment or a run: event hash to locations. */
final class EventIndexFile {
    private static final int KEY_WORDS = 2;

    private final IndexFile file;
    private final EntrySearch search;

    EventIndexFile(IndexFile file) {
        this.file = file;
        this.search = new EntrySearch(file, KEY_WORDS);
    }

    IndexFile file() {
        return file;
    }

    EntrySearch search() {
        return search;
    }

    /**
     * Newest location with a hash, below a bound.
     *
     * @param locationEnd exclusive
     * @return {@link FrameLocation#NONE} if there is none
     */
    long newestBelow(long hash, long locationEnd) throws CorruptIndexException {
        long entry = search.floor(hash, locationEnd - 1, 0);
        if (entry < 0) return FrameLocation.NONE;
        long at = search.position(entry);
        return hash(at) == hash ? location(at) : FrameLocation.NONE;
    }

    EventCursor cursor() {
        return new FileCursor();
    }

    /** A cursor for copying, see {@link IndexFile#unverified}. */
    EventCursor copyingCursor() {
        return new EventIndexFile(file.unverified()).cursor();
    }

    // What the entry at a position of the file says:

    private long hash(long at) {
        return file.longAt(at + EventEntry.HASH_OFFSET);
    }

    private long location(long at) {
        return file.longAt(at + EventEntry.LOCATION_OFFSET);
    }

    private final class FileCursor implements EventCursor {
        private long entry = -1;
        private long hash;
        private long location;

        @Override
        public boolean next() throws CorruptIndexException {
            if (++entry >= file.header().entryCount()) return false;
            long at = search.position(entry);
            hash = EventIndexFile.this.hash(at);
            location = EventIndexFile.this.location(at);
            return true;
        }

        @Override
        public long hash() {
            return hash;
        }

        @Override
        public long location() {
            return location;
        }
    }
}

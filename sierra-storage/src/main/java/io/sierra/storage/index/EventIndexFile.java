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
        return entry >= 0 && hash(entry) == hash ? location(entry) : FrameLocation.NONE;
    }

    EventCursor cursor() {
        return new FileCursor();
    }

    /** A cursor for copying, see {@link IndexFile#unverified}. */
    EventCursor copyingCursor() {
        return new EventIndexFile(file.unverified()).cursor();
    }

    private long hash(long entry) throws CorruptIndexException {
        return file.getLong(offset(entry) + EventEntry.HASH_OFFSET);
    }

    private long location(long entry) throws CorruptIndexException {
        return file.getLong(offset(entry) + EventEntry.LOCATION_OFFSET);
    }

    private long offset(long entry) {
        return file.header().entriesOffset() + entry * EventEntry.LENGTH;
    }

    private final class FileCursor implements EventCursor {
        private long entry = -1;
        private long hash;
        private long location;

        @Override
        public boolean next() throws CorruptIndexException {
            if (++entry >= file.header().entryCount()) return false;
            hash = EventIndexFile.this.hash(entry);
            location = EventIndexFile.this.location(entry);
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

package io.sierra.storage.index;

/** What an index sees of a frame, or of a part of it. */
sealed interface IndexedFrame permits IndexedEvent, IndexedLoss {
    long frameFileOffset();

    void addTo(EventSink sink);
}

package io.sierra.storage.check;

/** Is told what a check sees, by several threads. */
public interface CheckListener {
    /** So many more bytes were read. May wait, to slow the check down. */
    void read(long lengthBytes);

    /** Something is not as it should be. */
    void found(Finding finding);

    /**
     * The index of these segments is bad, of which a finding tells too.
     *
     * @param lastSegment inclusive
     */
    default void badIndex(int bucketId, int firstSegment, int lastSegment) {}

    /** Something that is no damage and worth knowing. */
    void noted(String note);
}

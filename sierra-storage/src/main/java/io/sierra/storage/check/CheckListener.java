package io.sierra.storage.check;

/** Is told what a check sees, by several threads. */
public interface CheckListener {
    /** So many more bytes were read. May wait, to slow the check down. */
    void read(long lengthBytes);

    /** Something is not as it should be. */
    void found(Finding finding);

    /** Something that is no damage and worth knowing. */
    void noted(String note);
}

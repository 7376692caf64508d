package io.sierra.storage.index;

import java.util.function.LongConsumer;

/**
 * Tells somebody how many bytes have been read, and takes it back if they have to be read again.
 */
final class ReadCount implements LongConsumer {
    private final LongConsumer listener;
    private long bytes;

    ReadCount(LongConsumer listener) {
        this.listener = listener;
    }

    @Override
    public void accept(long readBytes) {
        bytes += readBytes;
        listener.accept(readBytes);
    }

    /** Takes back all that it has told. */
    void takeBack() {
        listener.accept(-bytes);
        bytes = 0;
    }
}

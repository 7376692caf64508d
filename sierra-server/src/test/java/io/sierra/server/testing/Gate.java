package io.sierra.server.testing;

/** Lets threads pass while it is open; open at first. */
public final class Gate {
    private boolean open = true;
    private int waiting;

    /** Whoever comes from now on waits. */
    public synchronized void close() {
        open = false;
    }

    /** Lets everybody pass. */
    public synchronized void open() {
        open = true;
        notifyAll();
    }

    /** How many threads stand before the gate. */
    public synchronized int waiting() {
        return waiting;
    }

    /** Waits until the gate is open. */
    public synchronized void pass() {
        waiting++;
        try {
            while (!open) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting--;
        }
    }
}

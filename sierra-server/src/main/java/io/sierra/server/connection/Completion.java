package io.sierra.server.connection;

/** A command that another thread has finished, on its way back to the event loop. */
interface Completion {
    /** Takes the result; called on the event loop of {@link #connection}. */
    void onEventLoop();

    /** Who asked. */
    ClientConnection connection();
}

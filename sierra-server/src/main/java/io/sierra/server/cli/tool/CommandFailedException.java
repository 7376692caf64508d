package io.sierra.server.cli.tool;

/** A command cannot go on; the message is all that the user needs to see. Exit code 1. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message names what to do, where that is known. */
    public CommandFailedException(String message) {
        super(message);
    }

    /** The cause is shown to nobody. */
    public CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.sierra.server.cli.transfer;

/** A line of a file is no event. */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    BadLineException(String message) {
        super(message);
    }

    BadLineException(String message, Throwable cause) {
        super(message, cause);
    }
}

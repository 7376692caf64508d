package io.sierra.server.cli;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What failures of a command look like. */
final class Failures {
    private Failures() {}

    /** Why a directory cannot be used; the system's exceptions often name no more than the path. */
    static String reasonOf(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> "no permission for " + denied.getFile();
            case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
            case NoSuchFileException missing when missing.getReason() == null ->
                    missing.getFile() + " is not there and cannot be created";
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }

    /** Says what went wrong, in words; with a stack trace if nobody has foreseen it. */
    static void print(Exception failure, PrintWriter err) {
        String text =
                switch (failure) {
                    case SettingsException settings -> String.valueOf(settings.getMessage());
                    case CommandFailedException failed -> String.valueOf(failed.getMessage());
                    case AccessDeniedException denied ->
                            "no permission for "
                                    + denied.getFile()
                                    + ": who runs the server has it";
                    case NoSuchFileException missing ->
                            missing.getFile() + ": there is no such file";
                    case FileSystemException system -> String.valueOf(system.getMessage());
                    case IOException io when io.getClass() == IOException.class ->
                            String.valueOf(io.getMessage());
                    case IOException io -> io.toString();
                    default -> null;
                };
        if (text == null) {
            failure.printStackTrace(err);
        } else {
            err.println("sierradb: " + text);
        }
        err.flush();
    }
}

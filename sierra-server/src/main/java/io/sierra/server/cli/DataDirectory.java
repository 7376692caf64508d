package io.sierra.server.cli;

import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.server.config.SettingsLoader;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options that say which data directory a command is about, which is found as a server finds it.
 */
final class DataDirectory {
    @Option(
            names = {"-d", "--dir"},
            paramLabel = "PATH",
            description = "Where the data is; as the server finds it if not set.")
    private @Nullable String directory;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The server's configuration file, if it is not where it looks by itself.")
    private @Nullable Path configFile;

    /** Whether it was named, and not left to be found. */
    boolean isNamed() {
        return directory != null;
    }

    /**
     * The directory.
     *
     * @param err is told what the server would warn of
     * @throws SettingsException if the settings are wrong
     */
    Path find(Host host, PrintWriter err) throws SettingsException {
        SettingsLoader.Loaded loaded =
                SettingsLoader.load(
                        host, configFile, directory == null ? Map.of() : Map.of("dir", directory));
        loaded.warnings().forEach(warning -> err.println("sierradb: " + warning));
        err.flush();
        return loaded.settings().directory();
    }

    /** Takes the lock of a store that is to be changed, so that no server opens it meanwhile. */
    static void lock(StoreFiles store) {
        try {
            store.lock();
        } catch (IOException e) {
            throw new CommandFailedException(e.getMessage() + ": stop the server first", e);
        }
    }
}

package io.sierra.server.cli.store;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.cli.tool.ToolCommand;
import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.server.config.SettingsLoader;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command on the files of a store, which is found as a server finds it. */
abstract class StoreCommand extends ToolCommand {
    private final Host host;

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

    StoreCommand(Host host) {
        this.host = host;
    }

    /** Whether the data directory was named, and not left to be found. */
    final boolean namesDataDirectory() {
        return directory != null;
    }

    /**
     * The data directory. Prints what the server would warn of.
     *
     * @throws SettingsException if the settings are wrong
     */
    final Path dataDirectory() throws SettingsException {
        SettingsLoader.Loaded loaded =
                SettingsLoader.load(
                        host, configFile, directory == null ? Map.of() : Map.of("dir", directory));
        loaded.warnings().forEach(warning -> err().println("sierradb: " + warning));
        err().flush();
        return loaded.settings().directory();
    }

    /** The files in {@link #dataDirectory}. */
    final StoreFiles openStore() throws IOException, SettingsException {
        return StoreFiles.open(dataDirectory());
    }

    /** A path that the user gave. */
    final Path inWorkingDirectory(Path path) {
        return host.workingDirectory().resolve(path);
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

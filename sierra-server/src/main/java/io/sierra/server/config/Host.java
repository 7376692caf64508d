package io.sierra.server.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What settings depend on of the machine and the user.
 *
 * @param osName as the system property {@code os.name}
 * @param processors at least 1
 */
public record Host(
        Map<String, String> environment,
        Path workingDirectory,
        Path home,
        String osName,
        int processors) {

    /** This process's. */
    public static Host current() {
        return new Host(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                homeOf(System.getenv(), System.getProperty("user.home", ".")),
                System.getProperty("os.name", ""),
                Runtime.getRuntime().availableProcessors());
    }

    /**
     * What a shell calls {@code ~}.
     *
     * @param userHome what the JVM takes from the user's account, if the environment names none
     */
    static Path homeOf(Map<String, String> environment, String userHome) {
        Path home = Path.of(environment.getOrDefault("HOME", ""));
        return home.isAbsolute() ? home : Path.of(userHome);
    }

    /** Where a user's data is kept when no directory is named. */
    Path dataDirectory() {
        return base("XDG_DATA_HOME", ".local/share").resolve("sierradb").resolve("db");
    }

    /** Where a user's own configuration file may be. */
    Path configDirectory() {
        return base("XDG_CONFIG_HOME", ".config").resolve("sierradb");
    }

    private Path base(String xdgName, String xdgDefault) {
        String os = osName.toLowerCase(Locale.ROOT);
        if (os.contains("mac")) {
            return home.resolve("Library").resolve("Application Support");
        }
        if (os.contains("win")) {
            String roaming = environment.getOrDefault("APPDATA", "");
            return roaming.isEmpty() ? home.resolve("AppData/Roaming") : Path.of(roaming);
        }
        // The XDG specification wants relative paths in these variables to be ignored.
        String xdg = environment.getOrDefault(xdgName, "");
        return xdg.startsWith("/") ? Path.of(xdg) : home.resolve(xdgDefault);
    }
}

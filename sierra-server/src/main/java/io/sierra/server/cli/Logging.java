package io.sierra.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** How much is logged. */
final class Logging {
    private static final Set<String> LEVELS =
            Set.of("off", "error", "warn", "info", "debug", "trace");

    /** What this program logs under, as opposed to the libraries it uses. */
    static final List<String> OWN_LOGGERS = List.of("sierradb", "io.sierra");

    private Logging() {}

    /**
     * A level for one target.
     *
     * @param target a logger's name, {@code sierradb} for all of this program's, {@code root} for
     *     everything
     */
    record Directive(String target, String level) {

        /**
         * Reads {@code level} or {@code target=level}, with commas between several.
         *
         * @throws IllegalArgumentException if a level is unknown
         */
        static List<Directive> parse(String text) {
            List<Directive> directives = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                int equals = part.indexOf('=');
                String target = equals < 0 ? "sierradb" : part.substring(0, equals).strip();
                String level = part.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
                if (target.isEmpty() || !LEVELS.contains(level)) {
                    throw new IllegalArgumentException(
                            "--log: '"
                                    + part
                                    + "' must be a level or target=level; levels are off, error,"
                                    + " warn, info, debug, trace");
                }
                directives.add(new Directive(target, level));
            }
            return directives;
        }
    }

    static void apply(List<Directive> directives) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        for (Directive directive : directives) {
            List<String> names =
                    directive.target().equals("sierradb")
                            ? OWN_LOGGERS
                            : List.of(directive.target());
            names.forEach(
                    name -> context.getLogger(name).setLevel(Level.valueOf(directive.level())));
        }
    }
}

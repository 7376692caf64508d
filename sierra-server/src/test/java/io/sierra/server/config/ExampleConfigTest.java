package io.sierra.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config/sierra.toml} is complete and says what is true. */
final class ExampleConfigTest {
    private static final Path EXAMPLE = Path.of("../config/sierra.toml").toAbsolutePath();

    @Test
    void exampleHoldsExactlyTheKnownKeysWithTheirDefaults() {
        ConfigFile example = ConfigFile.read(EXAMPLE);

        assertThat(example.values().keySet())
                .containsExactlyInAnyOrderElementsOf(Options.ALL.keySet());
        for (Option<?> option : Options.ALL.values()) {
            RawValue value = Objects.requireNonNull(example.values().get(option.key()));
            assertThat(option.type().parse(value.text()))
                    .as(option.key())
                    .isEqualTo(option.defaultValue());
        }
    }

    @Test
    void exampleSaysOfEachUnusedKeyWhyItIsUnused() throws Exception {
        String text = Files.readString(EXAMPLE);

        for (Option<?> option : Options.ALL.values()) {
            String name = option.key().substring(option.key().indexOf('.') + 1);
            String group = option.key().split("\\.", -1)[0];
            String described =
                    "(?s).*\\[%s].*?\\n# Accepted, not used: %s\\.[^\\n]*\\n%s = .*"
                            .formatted(group, option.unused(), name);
            assertThat(text.matches(described)).as(option.key()).isEqualTo(!option.isUsed());
        }
    }

    @Test
    void exampleWorksAsItIs(@TempDir Path root) throws Exception {
        TestHost host = new TestHost(root);
        Settings defaults = host.settings();

        host.configFile = EXAMPLE;
        assertThat(host.load()).isEqualTo(new SettingsLoader.Loaded(defaults, List.of()));
    }
}

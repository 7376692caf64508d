package io.sierra.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/sierradb} in a copy of the project with a Java and a Maven that only report. */
final class LauncherScriptTest {
    private static final Path BIN = Path.of("../bin").toAbsolutePath().normalize();

    @TempDir Path root;
    private Path project = Path.of("");
    private Path java = Path.of("");
    private Path jar = Path.of("");

    @BeforeEach
    void copyProject() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        project = Files.createDirectories(root.resolve("my project"));
        Path bin = Files.createDirectory(project.resolve("bin"));
        for (String name : List.of("sierradb", "find-jdk.sh", "class-archive.sh", "jvm.options")) {
            Files.copy(BIN.resolve(name), bin.resolve(name));
        }
        executable(bin.resolve("sierradb"), Files.readString(BIN.resolve("sierradb")));
        jar = project.resolve("sierra-server/target/sierra-server.jar");
        executable(
                project.resolve("mvnw"),
                "#!/bin/sh\necho \"maven $*\"\n: >sierra-server/target/sierra-server.jar\n");
        source("sierra-server/src/main/java/Main.java");
        java = jdk("jdk", "26.0.1");
    }

    @Test
    void jarIsThere_startsItWithFlagsAndArguments() throws Exception {
        build();

        Run run = run(project.resolve("bin/sierradb"), "--dir", "a b");

        assertThat(run.exitCode).as(run.err).isEqualTo(7);
        assertThat(run.err).isEmpty();
        assertThat(run.out)
                .isEqualTo(
                        "@%s -Xmx1g -Da=b -cp %s io.sierra.server.cli.Main --dir a b\n"
                                .formatted(
                                        project.resolve("bin/jvm.options").toRealPath(),
                                        jar.toRealPath()));
    }

    @Test
    void heapAndArchiveOfClasses_areGivenBeforeOtherFlags() throws Exception {
        build();
        Files.writeString(project.resolve("sierra-server/target/sierra-server.jsa"), "");
        ProcessBuilder builder = new ProcessBuilder(project.resolve("bin/sierradb").toString());
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().put("SIERRA_HEAP", "2g");
        builder.environment().put("SIERRA_JAVA_OPTS", "-Da=b");

        assertThat(start(builder).out)
                .contains(
                        "-XX:SharedArchiveFile=%s -Xmx2g -Da=b -cp "
                                .formatted(jar.toRealPath().resolveSibling("sierra-server.jsa")));
    }

    @Test
    void calledThroughSymlinks_findsItsFiles() throws Exception {
        build();
        Path link =
                Files.createSymbolicLink(root.resolve("one"), Path.of("my project/bin/sierradb"));
        Path linkToLink = Files.createSymbolicLink(root.resolve("two"), link);

        assertThat(run(linkToLink).out).contains("-cp " + jar.toRealPath());
    }

    @Test
    void jarIsMissing_buildsFirst() throws Exception {
        Run run = run(project.resolve("bin/sierradb"));

        assertThat(run.exitCode).isEqualTo(7);
        assertThat(run.err)
                .startsWith("sierradb: building, one moment\nmaven -DskipTests ")
                .contains("package");
        assertThat(run.out).contains("io.sierra.server.cli.Main");
    }

    @Test
    void sourceIsNewer_buildsOnce() throws Exception {
        build();
        Path source = source("sierra-storage/src/main/java/New.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(-1)));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(-9)));

        assertThat(run(project.resolve("bin/sierradb")).err).contains("building");
        assertThat(run(project.resolve("bin/sierradb")).err).isEmpty();
    }

    @Test
    void buildFails_doesNotStart() throws Exception {
        executable(project.resolve("mvnw"), "#!/bin/sh\necho broken\nexit 1\n");

        Run run = run(project.resolve("bin/sierradb"));

        assertThat(run.exitCode).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err).contains("broken");
    }

    @Test
    void javaIsTooOld_isPassedOver() throws Exception {
        build();
        Path old = jdk("old", "17.0.15");
        ProcessBuilder builder = new ProcessBuilder(project.resolve("bin/sierradb").toString());
        builder.environment().put("JAVA_HOME", old.toString());
        builder.environment().put("SDKMAN_DIR", sdkman(java).toString());
        builder.environment().put("PATH", "/bin:/usr/bin");

        // What else is installed on this machine may come first; the old one never does.
        assertThat(start(builder).exitCode).isNotEqualTo(9);
    }

    private Path sdkman(Path jdk) throws IOException {
        Path candidates = Files.createDirectories(root.resolve("sdkman/candidates/java"));
        Files.createSymbolicLink(candidates.resolve("current"), jdk);
        return root.resolve("sdkman");
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(root.resolve(name));
        Files.createDirectory(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        int exitCode = name.equals("old") ? 9 : 7;
        executable(home.resolve("bin/java"), "#!/bin/sh\necho \"$@\"\nexit " + exitCode + "\n");
        return home;
    }

    private Path source(String name) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(-100)));
        return file;
    }

    private void build() throws IOException {
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "");
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int exitCode, String out, String err) {}

    private Run run(Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().put("SIERRA_JAVA_OPTS", "-Xmx1g -Da=b");
        return start(builder);
    }

    private Run start(ProcessBuilder builder) throws Exception {
        Path err = root.resolve("stderr");
        Process process = builder.directory(root.toFile()).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err));
    }
}

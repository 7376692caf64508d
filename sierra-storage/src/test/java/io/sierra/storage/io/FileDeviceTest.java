package io.sierra.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDeviceTest extends DeviceContract {
    @TempDir private Path directory;

    @Override
    Device newDevice() throws IOException {
        return FileDevice.open(directory);
    }

    @Test
    void open_missingDirectories_areCreated() throws IOException {
        Path deep = directory.resolve("x/y");
        try (Device device = FileDevice.open(deep)) {
            assertThat(device.list("")).isEmpty();
        }
        assertThat(deep).isDirectory();
    }

    @Test
    void describe_relativeDirectory_isAbsolute() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(directory);
        try (Device device = FileDevice.open(relative)) {
            assertThat(device.describe("a"))
                    .isEqualTo(directory.toRealPath().resolve("a").toString());
        }
    }

    @Test
    void lock_sameDirectoryUnderAnotherName_isTaken() throws IOException {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, Files.createDirectory(directory.resolve("real")));
        Device first = FileDevice.open(directory.resolve("real"));
        first.lock();
        try (Device second = FileDevice.open(link)) {
            assertThatIOException().isThrownBy(second::lock).withMessageContaining("in use");
            first.close();
            second.lock();
        }
    }

    @Test
    void lock_refusedInThisProcess_keepsOthersOut() throws Exception {
        try (Device first = FileDevice.open(directory);
                Device second = FileDevice.open(directory)) {
            first.lock();
            assertThatIOException().isThrownBy(second::lock);
            assertThat(lockInOtherProcess())
                    .endsWith("is in use by process " + ProcessHandle.current().pid());
        }
        assertThat(lockInOtherProcess()).isEqualTo("locked");
    }

    @Test
    void lock_namesTheProcessThatHasIt() throws Exception {
        Process other = start("hold");
        try (BufferedReader output = other.inputReader();
                Device device = FileDevice.open(directory)) {
            assertThat(output.readLine()).isEqualTo("locked");
            assertThatIOException()
                    .isThrownBy(device::lock)
                    .withMessage(directory.toRealPath() + " is in use by process " + other.pid());
            other.destroyForcibly().waitFor();
            device.lock();
        }
    }

    @Test
    void lock_shorterPid_replacesTheText() throws IOException {
        Files.writeString(directory.resolve("LOCK"), "99999999999999999  \n");
        try (Device device = FileDevice.open(directory)) {
            device.lock();
            assertThat(directory.resolve("LOCK"))
                    .content()
                    .isEqualTo("%-19d\n".formatted(ProcessHandle.current().pid()));
        }
    }

    @Test
    void lock_fullDisk_isTakenNevertheless() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path link = Files.createSymbolicLink(directory.resolve("LOCK"), full);
        Device device = FileDevice.open(directory);
        device.lock();
        assertThatIOException().isThrownBy(device::lock);
        device.close();
        Files.delete(link);
    }

    private String lockInOtherProcess() throws Exception {
        Process process = start("once");
        try (BufferedReader output = process.inputReader()) {
            String answer = output.readLine();
            process.waitFor();
            return String.valueOf(answer);
        }
    }

    private Process start(String mode) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        directory.toString(),
                        mode)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Another process that wants the directory; with {@code hold} it keeps it until killed. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] args) throws Exception {
            try (Device device = FileDevice.open(Path.of(args[0]))) {
                device.lock();
                System.out.println("locked");
                if (args[1].equals("hold")) Thread.currentThread().join();
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}

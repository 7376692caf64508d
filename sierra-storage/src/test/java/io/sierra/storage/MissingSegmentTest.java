package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupManifest;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.stats.StatsReader;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of sealed segments are gone. Segment n holds entries of partition n and of partition 4. */
final class MissingSegmentTest {
    private static final int FILLER = 4;
    private StoreOnDisk disk;

    @BeforeEach
    void fillThreeSegments() throws IOException {
        disk = new StoreOnDisk(5);
        for (int segment = 0; segment < 3; segment++) {
            disk.append(segment, "in " + segment);
            while (disk.bucket().status().segments() == segment + 1) {
                disk.append(FILLER, "x".repeat(20_000));
            }
        }
        disk.append(3, "in 3");
        disk.awaitIndexes();
        disk.shutDown();
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @ParameterizedTest(name = "segment {0}")
    @ValueSource(ints = {0, 1, 2})
    void partitionsThatMovedInIt_areOutOfServiceAndNoOthers(int missing) throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(missing));

        assertOutOfServiceAfterEachStart(missing);
        assertThat(disk.findings())
                .anySatisfy(text ->
                        assertThat(text)
                                .contains(
                                        "partitions [" + missing + "]",
                                        StoreOnDisk.dataFile(missing) + " is missing",
                                        "sequences 0 to 0"));
    }

    @ParameterizedTest(name = "segment {0}")
    @ValueSource(ints = {0, 1, 2})
    void withoutIndexes_itIsTheSame(int missing) throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(missing));
        for (int segment = 0; segment < 3; segment++) {
            deleteIndexes(segment);
        }

        assertOutOfServiceAfterEachStart(missing);
    }

    @ParameterizedTest(name = "segment {0}")
    @ValueSource(ints = {0, 1, 2})
    void withoutItsDirectory_itIsTheSame(int missing) throws IOException {
        deleteDirectory(missing);

        assertOutOfServiceAfterEachStart(missing);
    }

    /** An index proves that there was one, and no tool may take the rest for the whole. */
    @ParameterizedTest
    @ValueSource(strings = {"file", "directory", "zeros"})
    void newestSegment_isMissedByEveryTool(String lost) throws IOException {
        switch (lost) {
            case "file" -> disk.disk().delete(StoreOnDisk.dataFile(3));
            case "directory" -> deleteDirectory(3);
            default -> disk.overwrite(3, 0, 1 << 18, 0);
        }

        List<Finding> findings = RepairTest.verify(disk.disk());
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().problem())
                .contains(StoreOnDisk.dataFile(3), "nobody knows what it held");

        List<String> damages = new ArrayList<>();
        UUID storeId = MetaFile.read(disk.disk()).storeId();
        try (BackupTarget target = BackupTarget.openOrCreate(new MemoryDevice(), storeId)) {
            BackupManifest made =
                    Backup.make(
                                    StoreFiles.open(disk.disk()),
                                    target,
                                    addingTo(damages),
                                    InstantSource.system())
                            .manifest();
            assertThat(made.damages()).hasSize(1);
            assertThat(made.partitions())
                    .as("as far as they are known")
                    .extracting(BackupManifest.PartitionEnd::partitionId)
                    .containsExactly(0, 1, 2, FILLER);
        }
        assertThat(damages).singleElement().asString().contains(StoreOnDisk.dataFile(3));

        assertThatThrownBy(() -> StatsReader.read(StoreFiles.open(disk.disk()), 1, _ -> {}))
                .hasMessageContainingAll(StoreOnDisk.dataFile(3), "is missing", "verify");
    }

    private static BackupListener addingTo(List<String> damages) {
        return new BackupListener() {
            @Override
            public void damaged(String problem) {
                damages.add(problem);
            }
        };
    }

    /** Its length tells, without the indexes and without a look at what is in it. */
    @ParameterizedTest(name = "segment {0}")
    @ValueSource(ints = {0, 1, 2})
    void fileThatIsTooShort_isNoticedAtTheStart(int cut) throws IOException {
        try (DeviceFile file = disk.disk().open(StoreOnDisk.dataFile(cut))) {
            file.setSize(disk.entry(cut, 2).start() + 40);
            file.sync();
        }

        disk.start();
        disk.assertOutOfService(FILLER);
        for (int partition = 0; partition < 4; partition++) {
            assertThat(disk.payloads(partition)).startsWith("in " + partition);
        }
    }

    @Test
    void severalDirectoriesInARow_concernThePartitionsOfAllOfThem() throws IOException {
        deleteDirectory(0);
        deleteDirectory(1);

        disk.start();
        disk.assertOutOfService(0);
        disk.assertOutOfService(1);
        disk.assertOutOfService(FILLER);
        assertThat(disk.payloads(2)).containsExactly("in 2");
    }

    /** Is it a segment, and how many more were there? */
    @Test
    void directoriesMissingBeforeAnEmptyOne_areRefused() throws IOException {
        disk.disk().createDirectories("buckets/00000/segments/0000000005");
        deleteIndexes(3);

        assertThatThrownBy(disk::start)
                .hasMessageContaining("segments/0000000005: there are directories missing before")
                .hasMessageContaining("sierradb repair");
    }

    @Test
    void whatIsNoSegment_isRefused() throws IOException {
        disk.disk().createDirectories("buckets/00000/segments/old");

        assertThatThrownBy(disk::start)
                .hasMessageContaining("segments/old is no segment: move it away");
    }

    private void deleteDirectory(int segment) throws IOException {
        String directory = "buckets/00000/segments/%010d".formatted(segment);
        for (String name : disk.disk().list(directory)) {
            disk.disk().delete(directory + "/" + name);
        }
        disk.disk().delete(directory);
        disk.disk().syncDirectory("buckets/00000/segments");
    }

    @Test
    void severalInARow_concernThePartitionsOfAllOfThem() throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(0));
        disk.disk().delete(StoreOnDisk.dataFile(1));

        disk.start();
        disk.assertOutOfService(0);
        disk.assertOutOfService(1);
        disk.assertOutOfService(FILLER);
        assertThat(disk.payloads(2)).containsExactly("in 2");
        assertThat(disk.payloads(3)).containsExactly("in 3");
    }

    /** Where the partitions stood behind it, their entries there tell, or the next checkpoint. */
    @Test
    void withADamagedSuccessor_theOneBehindTells() throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(1));
        disk.flip(2, 80);

        assertOutOfServiceAfterEachStart(1);
    }

    /** Nobody says any more where the partitions stood behind it. */
    @Test
    void withoutASuccessorThatTells_allPartitionsAreOutOfService() throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(1));
        disk.flip(2, 80);
        disk.flip(3, 80);

        disk.start();
        for (int partition = 0; partition < 5; partition++) {
            disk.assertOutOfService(partition);
        }
    }

    @Test
    void lossThatCannotBeNoted_isFoundByTheNextStart() throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(1));
        disk.startWithFault(Operation.CREATE, "damage");
        disk.assertOutOfService(1);
        disk.kill();
        assertOutOfServiceAfterEachStart(1);
        disk.losePower();
        assertOutOfServiceAfterEachStart(1);
    }

    /** The index that was made meanwhile knows nothing of what is in it. */
    @Test
    void fileThatComesBack_isIndexedAgain() throws IOException {
        byte[] bytes = disk.bytesOf(1);
        disk.disk().delete(StoreOnDisk.dataFile(1));
        deleteIndexes(1);
        disk.start();
        disk.awaitIndexes();
        disk.shutDown();
        disk.disk().delete("buckets/00000/damage.json");
        disk.create(1, bytes);

        disk.start();
        assertThat(disk.payloads(1)).containsExactly("in 1");
    }

    private void assertOutOfServiceAfterEachStart(int missing) throws IOException {
        for (int start = 0; start < 2; start++) {
            disk.start();
            disk.awaitIndexes();
            for (int partition = 0; partition < 4; partition++) {
                if (partition != missing) {
                    assertThat(disk.payloads(partition)).startsWith("in " + partition);
                    disk.append(partition, "more");
                }
            }
            disk.assertOutOfService(missing);
            disk.assertOutOfService(FILLER);
            disk.kill();
        }
        disk.start();
    }

    private void deleteIndexes(int segment) throws IOException {
        String directory = StoreOnDisk.dataFile(segment).replace("/data.evts", "");
        for (String name : disk.disk().list(directory)) {
            if (!name.equals("data.evts")) {
                disk.disk().delete(directory + "/" + name);
            }
        }
    }
}

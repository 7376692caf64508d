package io.sierra.storage.repair;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sierra.storage.MetaFile;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.repair.Patch.Source.Copy;
import io.sierra.storage.repair.Patch.Source.Nowhere;
import io.sierra.storage.repair.RepairPlan.BadIndex;
import io.sierra.storage.repair.RepairPlan.SegmentRepair;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** What a plan comes to, for people and for programs. */
public final class RepairReport {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private final List<Replaced> replaced = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private final NavigableSet<Integer> backInService = new TreeSet<>();
    private final List<String> indexes = new ArrayList<>();
    private final RepairPlan plan;
    private final String metaFile;

    /** Bytes of a file that are replaced; {@code end} is exclusive. */
    private record Replaced(
            String file,
            long start,
            long end,
            String source,
            List<Loss> events,
            List<Loss> givenUpBefore) {
        @Override
        public String toString() {
            return "%s, offsets %d to %d, from %s".formatted(file, start, end, source);
        }
    }

    /** What is printed for programs. */
    private record Json(
            @JsonProperty("format_version") int formatVersion,
            boolean metaRestored,
            List<Replaced> replaced,
            NavigableSet<Integer> backInService,
            List<String> indexes,
            List<String> givenUp,
            List<AcceptedLoss> accepted,
            List<Finding> lost,
            List<String> problems) {}

    /** The report of a plan for a store. */
    public RepairReport(StoreFiles store, RepairPlan plan) {
        this.plan = plan;
        this.metaFile = store.describe(MetaFile.PATH);
        for (SegmentRepair segment : plan.segments()) {
            String file = store.describe(segment.id().dataFile());
            for (Patch patch : segment.patches()) {
                switch (patch.source()) {
                    case Copy(String name) ->
                            replaced.add(
                                    new Replaced(
                                            file,
                                            patch.start(),
                                            patch.end(),
                                            name,
                                            patch.events(),
                                            patch.givenUp()));
                    case Nowhere.GIVEN_UP ->
                            givenUp.add(
                                    "%s, offsets %d to %d"
                                            .formatted(file, patch.start(), patch.end()));
                    case Nowhere.MARK, Nowhere.UNKNOWN_END -> {}
                }
            }
        }
        plan.backInService().values().forEach(backInService::addAll);
        for (BadIndex index : plan.badIndexes()) {
            indexes.add(
                    index.firstSegment() == index.lastSegment()
                            ? store.describe(
                                    store.segment(index.bucketId(), index.firstSegment())
                                            .directory())
                            : "bucket %d, segments %d to %d"
                                    .formatted(
                                            index.bucketId(),
                                            index.firstSegment(),
                                            index.lastSegment()));
        }
    }

    /** Lines for people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (plan.restoresMeta()) {
            lines.add("restored: " + metaFile + ", from the newest backup's manifest");
        }
        for (Replaced bytes : replaced) {
            lines.add("restored: " + bytes);
            bytes.events().forEach(events -> lines.add("  " + events));
            bytes.givenUpBefore()
                    .forEach(loss ->
                            lines.add(
                                    "  lost, as was accepted before the backup: %s"
                                            .formatted(loss)));
        }
        if (!backInService.isEmpty()) {
            lines.add("back in service: partitions " + backInService);
        }
        indexes.forEach(index -> lines.add("index made again: " + index));
        givenUp.forEach(bytes -> lines.add("given up: " + bytes));
        for (AcceptedLoss loss : plan.accepted()) {
            lines.add("accepted as lost: " + loss);
            loss.versions().forEach(version -> lines.add("  lost: " + version));
            loss.forgottenVersions()
                    .forEach(version ->
                            lines.add(
                                    "  lost: %s, which may be given again: no room to keep that"
                                            .formatted(version)));
        }
        NavigableSet<Integer> unknown = partitionsWithUnknownVersions();
        if (!unknown.isEmpty()) {
            lines.add(
                    "which versions of streams are lost is not known of partitions %s: they may be given again"
                            .formatted(unknown));
        }
        for (Finding finding : plan.lost()) {
            lines.add("LOST: " + finding.problem());
            finding.lostLines().forEach(line -> lines.add("  lost: " + line));
        }
        plan.problems().forEach(problem -> lines.add("note: " + problem));
        if (plan.lost().isEmpty()) {
            boolean isAnythingGivenUp =
                    !plan.accepted().isEmpty()
                            || replaced.stream().anyMatch(b -> !b.givenUpBefore().isEmpty());
            lines.add(isAnythingGivenUp ? "nothing else is lost" : "nothing is lost");
        } else {
            lines.add(
                    "what is LOST is in no backup that was given: its partitions stay out of"
                            + " service for reads and appends; their other events are printed"
                            + " by 'sierradb dump'; --accept-loss gives up what is lost, and puts"
                            + " the rest into service");
        }
        return lines;
    }

    private NavigableSet<Integer> partitionsWithUnknownVersions() {
        NavigableSet<Integer> partitions = new TreeSet<>();
        for (AcceptedLoss loss : plan.accepted()) {
            if (!loss.areVersionsKnown()) {
                partitions.add(loss.loss().partitionId());
            }
        }
        return partitions;
    }

    byte[] toJson() {
        Json json =
                new Json(
                        1,
                        plan.restoresMeta(),
                        replaced,
                        backInService,
                        indexes,
                        givenUp,
                        plan.accepted(),
                        plan.lost(),
                        plan.problems());
        try {
            return (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // these types have no other values
        }
    }
}

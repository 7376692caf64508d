package io.sierra.storage.repair;

import io.sierra.storage.check.Finding.Loss;
import java.util.List;

/**
 * Events of a partition that a repair gives up.
 *
 * @param file for people
 * @param fileOffset of the frame that stands for them
 * @param loss their sequences
 * @param isUpperBound whether that is as much as can be lost at most, and maybe nothing is: no
 *     entry behind the damage tells
 * @param versions of streams that are known to be lost, for people
 * @param forgottenVersions such that the frame has no room for; they may be given again
 * @param areVersionsKnown whether these are all of them; others may be given again
 */
record AcceptedLoss(
        String file,
        long fileOffset,
        Loss loss,
        boolean isUpperBound,
        List<String> versions,
        List<String> forgottenVersions,
        boolean areVersionsKnown) {
    AcceptedLoss {
        versions = List.copyOf(versions);
        forgottenVersions = List.copyOf(forgottenVersions);
    }

    @Override
    public String toString() {
        return "%s at offset %d: %s%s"
                .formatted(file, fileOffset, loss, isUpperBound ? " at most" : "");
    }
}

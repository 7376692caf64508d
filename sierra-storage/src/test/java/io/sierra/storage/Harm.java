package io.sierra.storage;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.FrameKind;
import java.io.IOException;
import java.util.List;

/** What happens to a closed store of four segments: to segment 1, or to the last one. */
enum Harm {
    BODY {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.flip(1, store.entry(1, 2).end() - 20);
        }
    },
    HEADER_OF_A_FRAME {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.flip(1, store.entry(1, 2).start() + 20);
        }
    },
    TWO_PLACES {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.flip(1, store.entry(1, 1).start() + 20);
            store.flip(1, store.entry(1, 4).end() - 20);
            store.flip(2, store.entry(2, 2).end() - 20);
        }
    },
    SEVERAL_FRAMES {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.overwrite(1, store.entry(1, 1).start() + 50, 30_000, 0xEE);
        }
    },
    LAST_FRAME {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            Frame last = store.frames(1).getLast();
            store.overwrite(1, last.start(), (int) (last.end() - last.start()), 0);
        }
    },
    SEGMENT_HEADER {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.flip(1, 30);
        }
    },
    HEADERS_OF_ALL {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            for (int segment = 0; segment < store.bucket().status().segments(); segment++) {
                store.flip(segment, 30);
            }
        }
    },
    CHECKPOINT {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.flip(1, 200);
        }
    },
    TRUNCATED {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            try (DeviceFile file = store.disk().open(StoreOnDisk.dataFile(1))) {
                file.setSize(20_000);
                file.sync();
            }
        }
    },
    MISSING {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.disk().delete(StoreOnDisk.dataFile(1));
            store.disk().syncDirectory("buckets/00000/segments/0000000001");
        }
    },
    DIRECTORY_MISSING {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            deleteDirectory(store, 1);
        }
    },
    OPEN_DIRECTORY_MISSING {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            deleteDirectory(store, store.bucket().status().segments() - 1);
        }
    },
    OPEN_BODY {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            store.flip(open, store.entry(open, 0).end() - 2);
        }
    },
    OPEN_HEADER_OF_A_FRAME {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            store.flip(open, store.entry(open, 1).start() + 20);
        }
    },
    OPEN_CHECKPOINT {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            store.flip(store.bucket().status().segments() - 1, 200);
        }
    },
    /** Two neighbours, of two partitions. */
    TWO_PARTITIONS {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            Frame first = store.entry(1, 2);
            Frame second = store.entry(1, 3);
            store.flip(1, first.start() + 20);
            store.flip(1, second.start() + 20);
        }
    },
    TWO_MISSING {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            MISSING.doTo(store);
            store.disk().delete(StoreOnDisk.dataFile(2));
            store.disk().syncDirectory("buckets/00000/segments/0000000002");
        }
    },
    HEADER_AND_END_OF_THE_ONE_BEFORE {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            List<Frame> frames = store.frames(0);
            store.flip(0, frames.getLast().start() + 20);
            store.flip(1, 30);
        }
    },
    /** Only the frame behind it tells that somebody was told. */
    LAST_ACKNOWLEDGED {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            List<Frame> entries =
                    store.frames(open).stream().filter(f -> f.kind() == FrameKind.EVENTS).toList();
            store.flip(open, entries.getLast().start() + 20);
        }
    },
    /** One partition has an entry behind it, so a server goes on with that one. */
    LAST_BUT_ONE {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            List<Frame> entries =
                    store.frames(open).stream().filter(f -> f.kind() == FrameKind.EVENTS).toList();
            store.flip(open, entries.get(entries.size() - 2).start() + 20);
        }
    },
    OPEN_MISSING {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            store.disk().delete(StoreOnDisk.dataFile(open));
            store.disk().syncDirectory("buckets/00000/segments/%010d".formatted(open));
        }
    },
    OPEN_ZEROED {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            store.overwrite(open, 0, store.bytesOf(open).length, 0);
        }
    },
    OPEN_CUT_OFF {
        @Override
        void doTo(StoreOnDisk store) throws IOException {
            int open = store.bucket().status().segments() - 1;
            try (DeviceFile file = store.disk().open(StoreOnDisk.dataFile(open))) {
                file.setSize(store.entry(open, 3).start() + 40);
                file.sync();
            }
        }
    };

    private static void deleteDirectory(StoreOnDisk store, int segment) throws IOException {
        String directory = "buckets/00000/segments/%010d".formatted(segment);
        for (String name : store.disk().list(directory)) {
            store.disk().delete(directory + "/" + name);
        }
        store.disk().delete(directory);
        store.disk().syncDirectory("buckets/00000/segments");
    }

    abstract void doTo(StoreOnDisk store) throws IOException;
}

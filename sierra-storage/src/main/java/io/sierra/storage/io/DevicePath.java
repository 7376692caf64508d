package io.sierra.storage.io;

import java.util.List;

/** Rules for the paths of a {@link Device}, so that none leads out of the store's directory. */
final class DevicePath {
    private static final char SEPARATOR = '/';

    private DevicePath() {}

    /** Returns the path of a file or directory; {@code ""} is the store's own directory. */
    static String checkDirectory(String path) {
        return path.isEmpty() ? path : check(path);
    }

    /** Returns the path of something in the store's directory. */
    static String check(String path) {
        for (String part : parts(path)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("not a path below the store: '" + path + "'");
            }
        }
        return path;
    }

    static List<String> parts(String path) {
        return List.of(path.split(String.valueOf(SEPARATOR), -1));
    }

    /** Directory that holds a path, {@code ""} at the top. */
    static String parent(String path) {
        int end = path.lastIndexOf(SEPARATOR);
        return end < 0 ? "" : path.substring(0, end);
    }

    /** Name of a path within its {@link #parent}. */
    static String name(String path) {
        return path.substring(path.lastIndexOf(SEPARATOR) + 1);
    }

    static String join(String directory, String name) {
        return directory.isEmpty() ? name : directory + SEPARATOR + name;
    }
}

package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WindowTest {
    @Test
    void isOpenFor_nothingAcknowledged_isTheWidth() {
        Window window = new Window(3);
        assertThat(window.isOpenFor(2)).isTrue();
        assertThat(window.isOpenFor(3)).isFalse();
    }

    @Test
    void isOpenFor_widthOne_isOneAfterTheOther() {
        Window window = new Window(1);
        for (long cursor = 0; cursor < 5; cursor++) {
            assertThat(window.isOpenFor(cursor)).isTrue();
            assertThat(window.isOpenFor(cursor + 1)).isFalse();
            window.acknowledge(cursor, cursor + 1);
        }
    }

    @Test
    void acknowledge_cursor_opensUpToCursorPlusWidth() {
        Window window = new Window(3);
        window.acknowledge(1, 3);
        assertThat(window.isOpenFor(4)).isTrue();
        assertThat(window.isOpenFor(5)).isFalse();
    }

    @Test
    void acknowledge_smallerThanBefore_changesNothing() {
        Window window = new Window(3);
        window.acknowledge(2, 3);
        window.acknowledge(0, 3);
        assertThat(window.isOpenFor(5)).isTrue();
        assertThat(window.isOpenFor(6)).isFalse();
    }

    @Test
    void acknowledge_beyondWhatWasSent_countsAsTheLastOne() {
        Window window = new Window(3);
        window.acknowledge(Long.MAX_VALUE, 2);
        assertThat(window.isOpenFor(4)).isTrue();
        assertThat(window.isOpenFor(5)).isFalse();
    }

    @Test
    void acknowledge_beforeAnythingWasSent_changesNothing() {
        Window window = new Window(2);
        window.acknowledge(Long.MAX_VALUE, 0);
        window.acknowledge(0, 0);
        assertThat(window.isOpenFor(1)).isTrue();
        assertThat(window.isOpenFor(2)).isFalse();
    }

    @Test
    void isOpenFor_largestWidth_neverCloses() {
        Window window = new Window(Long.MAX_VALUE);
        assertThat(window.isOpenFor(Long.MAX_VALUE - 1)).isTrue();
        window.acknowledge(10, 11);
        assertThat(window.isOpenFor(Long.MAX_VALUE)).isTrue();
    }
}

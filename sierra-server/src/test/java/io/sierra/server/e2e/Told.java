package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a client's subscriptions were told, in order. */
final class Told {
    private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

    void add(String words) {
        queue.add(words);
    }

    void expect(String begin) throws InterruptedException {
        expect(begin, /* part= */ "");
    }

    void expect(String begin, String part) throws InterruptedException {
        assertThat(queue.poll(20, TimeUnit.SECONDS)).startsWith(begin).contains(part);
    }
}

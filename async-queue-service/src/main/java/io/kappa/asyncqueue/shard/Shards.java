package io.kappa.asyncqueue.shard;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the shards of this process last said of themselves. Written by their threads, read by any. */
public final class Shards {
    private final Map<Integer, ShardFigures> figures = new ConcurrentHashMap<>();

    void said(ShardFigures said) {
        figures.put(said.partition(), said);
    }

    void gone(int partition) {
        figures.remove(partition);
    }

    public Collection<ShardFigures> figures() {
        return List.copyOf(figures.values());
    }
}

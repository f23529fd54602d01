package io.kappa.router.registry;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/** RocksDB with as little memory as configuration needs: it is read once a command, and its defaults would take over 100 MB. */
public final class SmallStore implements RocksDBConfigSetter {
    private static final long MEGABYTE = 1024 * 1024;

    private @Nullable LRUCache cache;

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        options.setWriteBufferSize(4 * MEGABYTE);
        options.setMaxWriteBufferNumber(2);
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
            cache = new LRUCache(8 * MEGABYTE);
            table.setBlockCache(cache);
            options.setTableFormatConfig(table);
        }
    }

    @Override
    public void close(String storeName, Options options) {
        if (cache != null) {
            cache.close();
        }
    }
}

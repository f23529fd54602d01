package io.kappa.deadletters.index;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Keeps what RocksDB takes beside the heap within bounds, whatever the number of dead letters and of partitions: one cache for all stores of
 * the process, from which memtables and indexes are taken as well. Kafka Streams makes it, once for each store.
 */
public final class BoundedRocks implements RocksDBConfigSetter {
    private static final long CACHE_BYTES = 64L * 1024 * 1024;

    /** Few parts of the cache, so that each has room for the larger blocks. */
    private static final int CACHE_SHARD_BITS = 2;

    private static final long MEMTABLE_BYTES = 16L * 1024 * 1024;
    private static final long ONE_MEMTABLE_BYTES = 4L * 1024 * 1024;

    /** What the stores share. Made when the first of them opens, and never closed: others may open later. */
    private static final class Shared {
        static final Cache CACHE = new LRUCache(CACHE_BYTES, CACHE_SHARD_BITS);
        static final WriteBufferManager MEMTABLES = new WriteBufferManager(MEMTABLE_BYTES, CACHE);
        static final BloomFilter FILTER = new BloomFilter();
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        var tables = (BlockBasedTableConfig) options.tableFormatConfig();
        tables.setBlockCache(Shared.CACHE);
        tables.setCacheIndexAndFilterBlocks(true);
        tables.setCacheIndexAndFilterBlocksWithHighPriority(true);
        // In parts: the filter of a large file as a whole would not fit the cache, and be read anew for every key.
        tables.setIndexType(IndexType.kTwoLevelIndexSearch);
        tables.setPartitionFilters(true);
        tables.setPinTopLevelIndexAndFilter(true);
        tables.setFilterPolicy(Shared.FILTER);
        options.setTableFormatConfig(tables);
        options.setWriteBufferManager(Shared.MEMTABLES);
        options.setWriteBufferSize(ONE_MEMTABLE_BYTES);
        options.setMaxWriteBufferNumber(2);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION); // Letters of one function are much alike.
    }

    @Override
    public void close(String storeName, Options options) {
        // What is shared stays.
    }
}

// Serves the real TiDB SQL layer from its embedded storage, for tests.
//
// It owns the life of one server: configuration, storage in a folder (so that a
// restart finds its data), bootstrap, serving, and an orderly stop on SIGTERM.
// It leaves everything else to the caller: choosing the port, watching the
// process, removing the folder. There is no PD and no TiKV: one process is the
// whole cluster.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pingcap/tidb/pkg/config"
	"github.com/pingcap/tidb/pkg/ddl"
	"github.com/pingcap/tidb/pkg/domain"
	"github.com/pingcap/tidb/pkg/executor"
	"github.com/pingcap/tidb/pkg/extension"
	"github.com/pingcap/tidb/pkg/kv"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	"github.com/pingcap/tidb/pkg/resourcemanager"
	"github.com/pingcap/tidb/pkg/server"
	"github.com/pingcap/tidb/pkg/session"
	"github.com/pingcap/tidb/pkg/sessionctx/variable"
	"github.com/pingcap/tidb/pkg/store/mockstore"
	unistore "github.com/pingcap/tidb/pkg/store/mockstore/unistore/config"
	"github.com/pingcap/tidb/pkg/util/disk"
	"github.com/pingcap/tidb/pkg/util/logutil"
	"github.com/pingcap/tidb/pkg/util/memory"
	"github.com/pingcap/tidb/pkg/util/signal"
	"github.com/tikv/client-go/v2/tikv"
)

// schemaLease bounds how long a DDL statement waits for other servers; there are none.
const schemaLease = 500 * time.Millisecond

// release is the release whose commit go.mod names; a Go module does not know it.
const release = "v8.5.4"

// valueLogSize is the size of a file of the storage, which takes that much disk at once.
const valueLogSize = 32 << 20

// stopWait is how long a stop waits for open transactions before it closes them.
const stopWait = time.Second

type options struct {
	port    uint
	path    string
	config  string
	initSQL string
	autoTLS bool
}

func main() {
	var o options
	flag.UintVar(&o.port, "port", 0, "TCP port on 127.0.0.1")
	flag.StringVar(&o.path, "path", "", "folder that holds the data")
	flag.StringVar(&o.config, "config", "", "TiDB configuration file (TOML)")
	flag.StringVar(&o.initSQL, "init-sql", "", "SQL file that runs once, when the data is new")
	flag.BoolVar(&o.autoTLS, "auto-tls", false, "make certificates and accept TLS")
	flag.Parse()
	if o.port == 0 || o.path == "" {
		fmt.Fprintln(os.Stderr, "usage: tidb -port PORT -path FOLDER [-config FILE] [-init-sql FILE] [-auto-tls]")
		os.Exit(2)
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "tidb:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	cfg, err := configure(o)
	if err != nil {
		return err
	}
	if err := prepare(cfg); err != nil {
		return err
	}
	storage, dom, err := open(cfg)
	if err != nil {
		return err
	}
	srv, err := server.NewServer(cfg, server.NewTiDBDriver(storage))
	if err != nil {
		return err
	}
	srv.SetDomain(dom)
	dom.InfoSyncer().SetSessionManager(srv)
	go dom.ExpensiveQueryHandle().SetSessionManager(srv).Run()
	go dom.MemoryUsageAlarmHandle().SetSessionManager(srv).Run()
	go dom.ServerMemoryLimitHandle().SetSessionManager(srv).Run()

	stopped := make(chan struct{})
	signal.SetupSignalHandler(func() {
		srv.Close()
		closeAll(srv, storage, dom)
		close(stopped)
	})
	if err := srv.Run(dom); err != nil {
		return err
	}
	<-stopped
	return nil
}

// configure returns TiDB's defaults, overlaid with the caller's file, bound to loopback.
func configure(o options) (*config.Config, error) {
	cfg := config.NewConfig()
	cfg.Log.Level = "warn"
	if o.config != "" {
		if err := cfg.Load(o.config); err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", o.config, err)
		}
	}
	cfg.Store = "unistore"
	cfg.Host = "127.0.0.1"
	cfg.AdvertiseAddress = "127.0.0.1"
	cfg.Port = o.port
	cfg.Socket = ""
	cfg.TiDBReleaseVersion = release
	if cfg.ServerVersion == "" {
		cfg.ServerVersion = "8.0.11-TiDB-" + release
	}
	cfg.Path = filepath.Join(o.path, "store")
	cfg.TempDir = filepath.Join(o.path, "tmp")
	cfg.TempStoragePath = filepath.Join(o.path, "tmp-storage")
	cfg.Log.SlowQueryFile = filepath.Join(o.path, "slow.log")
	cfg.Status.ReportStatus = false
	cfg.Security.AutoTLS = o.autoTLS
	cfg.InitializeSQLFile = o.initSQL
	if err := cfg.Valid(); err != nil {
		return nil, err
	}
	config.StoreGlobalConfig(cfg)
	return cfg, nil
}

// prepare sets what TiDB's own main sets once per process before it opens the storage.
func prepare(cfg *config.Config) error {
	for _, folder := range []string{cfg.Path, cfg.TempDir, cfg.TempStoragePath} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	if err := logutil.InitLogger(cfg.Log.ToLogConfig()); err != nil {
		return err
	}
	if err := disk.InitializeTempDir(); err != nil {
		return err
	}
	memory.InitMemoryHook()
	if err := extension.Setup(); err != nil {
		return err
	}
	session.SetSchemaLease(schemaLease)
	unistore.DefaultConf.Engine.VlogFileSize = valueLogSize
	if cfg.Performance.TxnTotalSizeLimit == config.DefTxnTotalSizeLimit {
		kv.TxnTotalSizeLimit.Store(config.SuperLargeTxnSize)
	} else {
		kv.TxnTotalSizeLimit.Store(cfg.Performance.TxnTotalSizeLimit)
	}
	kv.TxnEntrySizeLimit.Store(cfg.Performance.TxnEntrySizeLimit)
	mysql.TiDBReleaseVersion = cfg.TiDBReleaseVersion
	mysql.ServerVersion = cfg.ServerVersion
	variable.SetSysVar(variable.Version, cfg.ServerVersion)
	variable.SetSysVar(variable.Port, fmt.Sprintf("%d", cfg.Port))
	variable.SetSysVar(variable.DataDir, cfg.Path)
	variable.SetSysVar(variable.Socket, cfg.Socket)
	executor.Start()
	resourcemanager.InstanceResourceManager.Start()
	return nil
}

// open opens the storage and bootstraps it when it is new.
func open(cfg *config.Config) (kv.Storage, *domain.Domain, error) {
	storage, err := mockstore.NewMockStore(
		mockstore.WithStoreType(mockstore.EmbedUnistore),
		mockstore.WithPath(cfg.Path),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open the storage in %s: %w", cfg.Path, err)
	}
	if err := ddl.StartOwnerManager(context.Background(), storage); err != nil {
		return nil, nil, err
	}
	dom, err := session.BootstrapSession(storage)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot bootstrap: %w", err)
	}
	return storage, dom, nil
}

func closeAll(srv *server.Server, storage kv.Storage, dom *domain.Domain) {
	dom.StopAutoAnalyze()
	srv.DrainClients(stopWait, stopWait)
	srv.KillSysProcesses()
	tikv.StoreShuttingDown(1)
	dom.Close()
	ddl.CloseOwnerManager()
	resourcemanager.InstanceResourceManager.Stop()
	executor.Stop()
	if err := storage.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "tidb: cannot close the storage:", err)
	}
	disk.CleanUp()
}

# Where the stores' backups go: the write-ahead logs and base backups of PostgreSQL (pgBackRest), the exports of snapshots.
# Old versions are kept, so that a backup cannot be overwritten unseen.

resource "openstack_objectstorage_container_v1" "backup" {
  name           = "chandlery-backup-${var.region}"
  versioning     = true
  container_read = ""
  storage_policy = "replicated-across-regions"

  metadata = {
    stores         = "orders-db,catalog-db,basket-store,events"
    retention_days = "14"
  }
}

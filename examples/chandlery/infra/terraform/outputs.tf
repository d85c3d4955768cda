output "cluster" {
  description = "The cluster's id, for the platform's access service."
  value       = openstack_containerinfra_cluster_v1.chandlery.id
}

output "backup_container" {
  description = "Where backups go."
  value       = openstack_objectstorage_container_v1.backup.name
}

# The cluster, with a pool of nodes in each zone. The stores run in it, on claims (deploy/base).

resource "openstack_containerinfra_clustertemplate_v1" "chandlery" {
  name                  = "chandlery-${var.kubernetes_version}"
  image                 = "fedora-coreos-42"
  coe                   = "kubernetes"
  flavor                = var.node_flavor
  master_flavor         = var.node_flavor
  network_driver        = "calico"
  volume_driver         = "cinder"
  docker_storage_driver = "overlay2"
  floating_ip_enabled   = false
  tls_disabled          = false

  labels = {
    kube_tag                      = var.kubernetes_version
    availability_zone             = var.zones[0]
    auto_healing_enabled          = "true"
    auto_scaling_enabled          = "true"
    cinder_csi_enabled            = "true"
    cloud_provider_enabled        = "true"
    master_lb_floating_ip_enabled = "false"
  }
}

resource "openstack_containerinfra_cluster_v1" "chandlery" {
  name                = "chandlery"
  cluster_template_id = openstack_containerinfra_clustertemplate_v1.chandlery.id
  master_count        = 3
  node_count          = 1
}

resource "openstack_containerinfra_nodegroup_v1" "zone" {
  for_each = toset(var.zones)

  name           = "zone-${each.key}"
  cluster_id     = openstack_containerinfra_cluster_v1.chandlery.id
  flavor_id      = var.node_flavor
  node_count     = var.nodes_per_zone.min
  min_node_count = var.nodes_per_zone.min
  max_node_count = var.nodes_per_zone.max
  merge_labels   = true

  labels = {
    availability_zone = each.key
  }
}

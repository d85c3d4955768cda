# The public name. It lives for a minute, so that another region can take over within one.

data "openstack_dns_zone_v2" "chandlery" {
  name = "chandlery.example."
}

resource "openstack_dns_recordset_v2" "api" {
  count = var.serves_public ? 1 : 0

  zone_id = data.openstack_dns_zone_v2.chandlery.id
  name    = "api.chandlery.example."
  type    = "A"
  ttl     = 60
  records = [var.edge_address]
}
